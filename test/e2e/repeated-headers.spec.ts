import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { balanceOf, openAccount } from '../support/ledger-steps.ts';
import { sendBytes } from '../support/send-bytes.ts';
import { LIVE_KEY, startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let account: string;
beforeAll(async () => {
  service = await startTestService();
  account = await openAccount(service.live, { credits: '10' });
});
afterAll(() => service.stop());

const HEADERS = [
  'Host: x',
  `Authorization: Bearer ${LIVE_KEY}`,
  'Content-Type: application/json',
  'Idempotency-Key: one',
];

/** Charges 1 with one more header. */
function charge(header: string): Promise<string> {
  const body = `{"account":"${account}","amount":"1"}`;
  const lines = [...HEADERS, header, `Content-Length: ${String(body.length)}`, 'Connection: close'];
  return sendBytes(service.url, `POST /v1/charges HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

describe('a header that may be given once', () => {
  it.each([
    ['Idempotency-Key', 'Idempotency-Key: two'],
    ['Idempotency-Key', 'idempotency-key: one'],
    ['Authorization', 'Authorization: Bearer pur_live_other'],
    ['Authorization', `AUTHORIZATION: Bearer ${LIVE_KEY}`],
    ['Content-Type', 'Content-Type: text/plain'],
    ['Host', 'Host: y'],
  ])('is refused twice, since one of them would be left unheeded: %s, %s', async (field, header) => {
    const answer = await charge(header);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('content-type: application/problem+json');
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
      code: 'invalid_request',
      errors: [{ field, message: 'must not be given twice' }],
    });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '10' });
  });

  it('may have a comma in it, and others may be given twice', async () => {
    const one = await service.live.post('/v1/charges', { account, amount: '1' }, { key: 'one, two' });
    expect(one.status).toBe(201);
    expect(await charge('Accept: text/html\r\nAccept: application/json')).toMatch(/^HTTP\/1\.1 201 /);
  });
});
