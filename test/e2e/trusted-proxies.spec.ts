import { afterEach, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import type { Answer } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { expectProblem } from '../support/expect-answer.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

/** Of the documentation's networks: a client, and a proxy in front of the one that connects, which is this machine. */
const CLIENT = '203.0.113.7';
const OUTER_PROXY = '198.51.100.1';

let service: TestService;
afterEach(() => service.stop());

/** Asks with a key that may only be used from the client's address. */
async function asking(forwardedFor: string | null): Promise<Answer> {
  const { key } = await makeKey(service.live, {
    scopes: ['read'],
    allowed_addresses: [`${CLIENT}/32`, '2001:db8::/32'],
  });
  const headers = {
    authorization: `Bearer ${key}`,
    ...(forwardedFor === null ? {} : { 'x-forwarded-for': forwardedFor }),
  };
  return service.live.send({ method: 'GET', path: '/v1/accounts', headers });
}

describe('X-Forwarded-For', () => {
  it('means nothing where no proxy is trusted: whoever connects is who asks', async () => {
    service = await startTestService();
    expectProblem(await asking(CLIENT), 403, 'address_not_allowed');
  });

  it('means nothing from somebody else than a trusted proxy', async () => {
    service = await startTestService({ PURSER_TRUSTED_PROXIES: '192.0.2.0/24,::1' });
    expectProblem(await asking(CLIENT), 403, 'address_not_allowed');
  });

  it('tells the client’s address where a trusted proxy sends it, through other trusted ones too', async () => {
    service = await startTestService({ PURSER_TRUSTED_PROXIES: `127.0.0.0/8,${OUTER_PROXY}` });
    for (const told of [CLIENT, '2001:db8::1', `${CLIENT}, ${OUTER_PROXY}`, `10.0.0.1, ${CLIENT},${OUTER_PROXY}`])
      expect((await asking(told)).status).toBe(200);
  });

  it('does not let a client claim an address: what it sends itself stands before what the proxy appends', async () => {
    service = await startTestService({ PURSER_TRUSTED_PROXIES: '127.0.0.1' });
    for (const told of [
      `${CLIENT}, 192.0.2.66`,
      `${CLIENT}, ${OUTER_PROXY}`,
      `${CLIENT}, unknown`,
      'unknown',
      '',
      null,
    ])
      expectProblem(await asking(told), 403, 'address_not_allowed');
  });

  it('tells the log, and by which address a stranger’s requests are counted', async () => {
    service = await startTestService({
      PURSER_TRUSTED_PROXIES: '127.0.0.1',
      PURSER_LOG_LEVEL: 'debug',
      PURSER_RATE_LIMIT: '1',
    });
    const stranger = async (address: string): Promise<number> => {
      const headers = { authorization: '', 'x-forwarded-for': address };
      return (await service.live.send({ method: 'GET', path: '/v1/accounts', headers })).status;
    };
    expect([await stranger(CLIENT), await stranger(CLIENT), await stranger('203.0.113.8')]).toEqual([401, 429, 401]);
    const addresses = (): unknown[] =>
      service.log.map((line) => (JSON.parse(line) as { readonly address?: string }).address);
    await eventually('all are logged', () => Promise.resolve(addresses().length === 3));
    expect(addresses()).toEqual([CLIENT, CLIENT, '203.0.113.8']);
  });
});
