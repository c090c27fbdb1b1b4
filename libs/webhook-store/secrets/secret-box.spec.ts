import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { keptSecretsKey } from './kept-secrets-key.ts';
import { SecretBox } from './secret-box.ts';
import { SecretsKeyMissing } from './secrets-key-missing.ts';

const [first, second] = [randomBytes(32), randomBytes(32)];

describe('a secret that is kept', () => {
  it('is read again by its owner, and looks different every time', () => {
    const box = new SecretBox([first]);
    const [one, two] = [box.seal('whsec_x', 'whe_1'), box.seal('whsec_x', 'whe_1')];
    expect(one.equals(two)).toBe(false);
    expect(one.includes('whsec_x')).toBe(false);
    expect([box.open(one, 'whe_1'), box.open(two, 'whe_1')]).toEqual(['whsec_x', 'whsec_x']);
  });

  it('is not read as another’s, nor once it was changed', () => {
    const box = new SecretBox([first]);
    const sealed = box.seal('whsec_x', 'whe_1');
    expect(() => box.open(sealed, 'whe_2')).toThrow();
    for (let at = 4; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => box.open(changed, 'whe_1')).toThrow();
    }
  });

  it('survives a change of keys: the first encrypts, all decrypt', () => {
    const sealed = new SecretBox([first]).seal('whsec_x', 'whe_1');
    const both = new SecretBox([second, first]);
    expect(both.open(sealed, 'whe_1')).toBe('whsec_x');
    expect([both.isStale(sealed), both.isStale(both.seal('whsec_x', 'whe_1'))]).toEqual([true, false]);
    expect(() => new SecretBox([second]).open(sealed, 'whe_1')).toThrow(SecretsKeyMissing);
  });

  it('needs a key', () => {
    const none = new SecretBox([]);
    expect(none.canSeal).toBe(false);
    expect(() => none.seal('whsec_x', 'whe_1')).toThrow(SecretsKeyMissing);
  });
});

describe('the key of a data folder', () => {
  it('is made once, for its user alone or who owns the folder’s files, and refused where the file is damaged', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'purser-key-'));
    const keys = await Promise.all(Array.from({ length: 20 }, () => keptSecretsKey(folder)));
    expect(keys.map((key) => key.length)).toEqual(Array<number>(20).fill(32));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect(await readdir(folder)).toEqual(['secrets-key']);
    expect((await stat(join(folder, 'secrets-key'))).mode & 0o777).toBe(0o600);
    const owner =
      process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : { uid: userInfo().uid, gid: userInfo().gid };
    await keptSecretsKey(folder, owner);
    expect(await stat(join(folder, 'secrets-key'))).toMatchObject(owner);
    await writeFile(join(folder, 'secrets-key'), 'short');
    await expect(keptSecretsKey(folder)).rejects.toThrow('is damaged');
    await rm(folder, { recursive: true });
  });
});
