import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { IdGenerator } from './id-generator.ts';
import { accountKey, accountKeyOf, ID_PREFIXES, parsePublicId, publicId, type IdKind } from './ids.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const kinds = Object.keys(ID_PREFIXES) as IdKind[];
const anyUuid = fc.uuid({ version: 7 });

describe('publicId and parsePublicId', () => {
  it('read back what they write, for every kind and UUID', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), anyUuid, (kind, uuid) => {
        const id = publicId(kind, uuid);
        expect(id.startsWith(`${ID_PREFIXES[kind]}_`)).toBe(true);
        expect(id).toMatch(/^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
        expect(parsePublicId(kind, id)).toBe(uuid);
      }),
    );
  });

  it('write TypeIDs, as the specification gives them', () => {
    expect(publicId('grant', '01890a5d-ac96-774b-bcce-b302099a8057')).toBe('grant_01h455vb4pex5vsknk084sn02q');
    expect(publicId('grant', 'ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe('grant_7zzzzzzzzzzzzzzzzzzzzzzzzz');
    expect(publicId('grant', '00000000-0000-0000-0000-000000000000')).toBe('grant_00000000000000000000000000');
  });

  it('keep the order of the UUIDs', () => {
    fc.assert(
      fc.property(anyUuid, anyUuid, (a, b) => {
        expect(publicId('grant', a) < publicId('grant', b)).toBe(a < b);
      }),
    );
  });

  const id = 'auth_01h455vb4pex5vsknk084sn02q';
  it.each([
    ['nothing', ''],
    ['the prefix alone', 'auth_'],
    ['the prefix of another kind', id.replace('auth', 'grant')],
    ['no prefix', id.slice(5)],
    ['a prefix in capitals', id.replace('auth', 'AUTH')],
    ['capitals', id.toUpperCase().replace('AUTH', 'auth')],
    ['a character too few', id.slice(0, -1)],
    ['a character too many', `${id}0`],
    ['more than 128 bits', id.replace('_0', '_8')],
    ['a letter that base32 leaves out', id.replace('q', 'l')],
    ['a space', `${id.slice(0, -1)} `],
    ['a character outside ASCII', `${id.slice(0, -1)}é`],
    ['a UUID', '01890a5d-ac96-774b-bcce-b302099a8057'],
  ])('take %s for no id', (_, text) => {
    expect(parsePublicId('authorization', text)).toBeNull();
  });
});

describe('accountKey', () => {
  it('is a number that fits a signed 64-bit integer, and always the same', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (id) => {
        const key = accountKey('live', id);
        expect(key).toBe(accountKey('live', id));
        expect(BigInt(key) >= 0n && BigInt(key) < 2n ** 62n).toBe(true);
      }),
    );
  });

  it('tells environments apart, and where one ends and the id begins', () => {
    const keys = [
      accountKey('live', 'acme'),
      accountKey('test', 'acme'),
      accountKey('liveac', 'me'),
      accountKey('live', 'Acme'),
    ];
    expect(new Set(keys).size).toBe(4);
  });

  it('can be read from the id of anything that the account owns', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (id) => {
        const key = accountKey('live', id);
        expect(accountKeyOf(new IdGenerator(key, 0n).next(NOW))).toBe(key);
      }),
    );
  });

  it.each(['0', '1', (2n ** 62n - 1n).toString()])('survives in an id at its bounds: %s', (key) => {
    const uuid = new IdGenerator(key, 0n).next(NOW);
    expect(accountKeyOf(uuid)).toBe(key);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
