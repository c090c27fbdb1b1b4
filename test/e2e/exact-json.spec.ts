import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/api-client.ts';
import { expectAuthorization, expectFaults, expectGrant, expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let account: string;
beforeAll(async () => {
  service = await startTestService();
  account = await openAccount(service.live, { credits: '1000' });
});
afterAll(() => service.stop());

/** Sends a body as it is written here, byte for byte. */
function send(path: string, payload: string | Uint8Array, key?: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return service.live.send({ method: 'POST', path, payload, headers, ...(key === undefined ? {} : { key }) });
}

const charge = (metadata: string): Promise<Answer> =>
  send('/v1/charges', `{"account":"${account}","amount":"1","metadata":${metadata}}`);

describe('a number that would not be kept as it was sent', () => {
  it.each([
    '1546130668394913822',
    '-1546130668394913822',
    '9007199254740993',
    '0.1234567890123456789',
    '12345678.123456789012',
    '1e400',
    '-1e400',
    '1e-400',
    '123456789012345678e-3',
    '1'.repeat(400),
  ])('is refused with its field, and how to send it: %s', async (number) => {
    for (const [metadata, field] of [
      [`{"n":${number}}`, 'metadata.n'],
      [`{ "a" : "b" , "list" : [ 1, {"n" : ${number} } ] }`, 'metadata.list.1.n'],
    ] as const) {
      const { errors } = expectProblem(await charge(metadata), 400, 'invalid_request');
      expect(errors).toEqual([{ field, message: expect.stringMatching(/^must be sent as a string: /) }]);
    }
  });

  it('is named wherever it stands, each one', async () => {
    const usage = '{"event":"x","tokens":12345678901234567890,"properties":{"seed":1e400}}';
    const item = `{"account":"${account}","amount":"1","usage":${usage},"metadata":{"seed":"1546130668394913822"}}`;
    expectFaults(await send('/v1/charges/batch', `{"items":[${item},${item}]}`), [
      'items.0.usage.tokens',
      'items.0.usage.properties.seed',
      'items.1.usage.tokens',
      'items.1.usage.properties.seed',
    ]);
  });

  it('never lets two grants with neighbouring numbers replay as one', async () => {
    const grant = (seed: string): Promise<Answer> =>
      send(`/v1/accounts/${account}/grants`, `{"amount":"1","metadata":{"seed":${seed}}}`, 'neighbours');
    for (const seed of ['1546130668394913822', '1546130668394913823'])
      expectFaults(await grant(seed), ['metadata.seed']);
    expectGrant(await grant('"1546130668394913822"'), 201);
    expectProblem(await grant('"1546130668394913823"'), 422, 'idempotency_key_reused');
  });

  it('is one that takes many times its room where it is kept', async () => {
    for (const number of ['1e308', '1e40', '9e-41', '5e-324', '1.7976931348623157e308'])
      expectFaults(await charge(`{"n":${number}}`), ['metadata.n']);
    const many = Array.from({ length: 40_000 }, () => '1e308').join(',');
    const usage = `{"event":"x","properties":{"many":[${many}]}}`;
    const answer = await send('/v1/charges', `{"account":"${account}","amount":"1","usage":${usage}}`);
    expect(expectProblem(answer, 400, 'invalid_request').errors).toHaveLength(100);
  });

  it('is measured as it is kept: metadata of 16 KiB stays within 16 KiB', async () => {
    const many = Array.from({ length: 1000 }, () => '1e38').join(',');
    expectFaults(await charge(`{"many":[${many}]}`), ['metadata']);
  });
});

describe('a number that is kept as it was sent', () => {
  it.each([
    ['9007199254740992', 9007199254740992],
    ['-123456789012345', -123456789012345],
    ['0.1', 0.1],
    ['0.30000000000000004', 0.30000000000000004],
    ['1.50', 1.5],
    ['1e3', 1000],
    ['1.5E-7', 1.5e-7],
    ['100000000000000000000000', 1e23],
    ['9.5e39', 9.5e39],
    ['1.5e-40', 1.5e-40],
    ['0e999', 0],
    ['-0', 0],
  ])('is taken, and shown as the same number: %s', async (written, number) => {
    const charged = expectAuthorization(await charge(`{"n":${written},"text":"1546130668394913822"}`), 201);
    expect(charged.metadata).toEqual({ n: number, text: '1546130668394913822' });
    const { body } = await service.live.get(`/v1/authorizations/${charged.id}`);
    expect((body as { metadata: unknown }).metadata).toEqual(charged.metadata);
  });

  it('may stand in a text, however long', async () => {
    const metadata = { a: 'see: 1546130668394913822, [1e400] and 1e308', b: 'tail \\", 1546130668394913822' };
    expect(expectAuthorization(await charge(JSON.stringify(metadata)), 201).metadata).toEqual(metadata);
  });
});

describe('a name that an object has twice', () => {
  it.each([
    ['{"n":1,"n":2}', 'metadata.n'],
    ['{"n":1,"n":1}', 'metadata.n'],
    ['{"n" : 1, "\\u006e" : 2}', 'metadata.n'],
    ['{"list":[{},{"a":{"":0,"":0}}]}', 'metadata.list.1.a.'],
    ['{"a":":","n":{"b":1},"n":{}}', 'metadata.n'],
    ['{"say \\":\\"":1,"say \\":\\"":1}', 'metadata.say ":"'],
  ])('is refused, since only one of them would be kept: %s', async (metadata, field) => {
    const { errors } = expectProblem(await charge(metadata), 400, 'invalid_request');
    expect(errors).toEqual([{ field, message: 'must not be given twice' }]);
  });

  it('is refused among the fields of the request itself', async () => {
    expectFaults(await send('/v1/charges', `{"account":"${account}","amount":"1","amount":"2"}`), ['amount']);
  });

  it('may stand in several objects, and in texts', async () => {
    const metadata = { n: { n: [{ n: 1 }, { n: 2 }] }, text: '{"n":1,"n":2}', colons: [':', ' : ', '":"'] };
    expect(expectAuthorization(await charge(JSON.stringify(metadata)), 201).metadata).toEqual(metadata);
  });
});

describe('a text that is not what it seems', () => {
  const bodyOf = (...name: readonly number[]): Buffer =>
    Buffer.concat([Buffer.from('{"name":"'), Buffer.from(name), Buffer.from('"}')]);

  it.each([
    ['a byte of Latin-1', [0xe4]],
    ['half a character', [0xe2, 0x82]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('is refused where its bytes are no UTF-8: %s', async (_, name) => {
    const { errors } = expectProblem(await send('/v1/accounts', bodyOf(...name)), 400, 'invalid_request');
    expect(errors).toEqual([{ field: '', message: 'must be JSON in UTF-8' }]);
  });

  it('is refused with a byte order mark, and with half of a surrogate pair in an escape', async () => {
    expectFaults(await send('/v1/accounts', Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from('{}')])), ['']);
    expectFaults(await send('/v1/accounts', '{"name":"\\ud800"}'), ['name']);
  });

  it('is kept in whatever script it is', async () => {
    const name = 'Ægir 💸 \ufffd ünïcode';
    const { body } = await send('/v1/accounts', JSON.stringify({ name }));
    expect(body).toMatchObject({ name });
  });
});
