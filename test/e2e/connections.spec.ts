import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { RawClient, type RawClientOptions } from '../support/raw-client.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

let clients: RawClient[] = [];
afterEach(() => {
  for (const client of clients) client.close();
  clients = [];
});

function connect(options: RawClientOptions = {}, url = service.url): RawClient {
  const client = new RawClient(url, options);
  clients.push(client);
  return client;
}

const connectMany = (count: number, options: RawClientOptions): RawClient[] =>
  Array.from({ length: count }, () => connect(options));

/** How many connections the service has open; the one that asks is always the same. */
async function openConnections(): Promise<number> {
  const { text } = await service.live.get('/metrics');
  return Number(/^purser_http_connections (\d+)$/m.exec(text)?.[1]);
}

const HALF_A_HEAD = 'GET /v1/accounts HTTP/1.1\r\nhost: x\r\n';
const DESCRIPTION = 'GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n';
const REFUSED = /^HTTP\/1\.1 408 /;
/** So many descriptions are more than the buffers of a connection hold. */
const PIPELINED = 40;

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1000;

describe('a connection', () => {
  it('is closed soon after its 408, although its client keeps its own side open', async () => {
    const before = await openConnections();
    const halfOpen = connectMany(100, { says: HALF_A_HEAD });
    const saysNothing = connectMany(10, {});
    await eventually('all are refused', () =>
      Promise.resolve([...halfOpen, ...saysNothing].every(({ text }) => REFUSED.test(text))),
    );
    const refusedAt = performance.now();
    await eventually('all are closed', async () => (await openConnections()) === before);
    expect(secondsSince(refusedAt)).toBeLessThan(8);
  }, 45_000);

  it('whose client doesn’t read is closed, while one that reads slowly gets everything', async () => {
    const before = await openConnections();
    const { length } = Buffer.from(await (await fetch(`${service.url}/openapi.json`)).arrayBuffer());
    const says = DESCRIPTION.repeat(PIPELINED);
    const slow = connect({ says, readsPerSecond: (PIPELINED * length) / 45 });
    const startedAt = performance.now();
    connectMany(20, { says, readsPerSecond: 0 });
    await eventually('they have connected', async () => (await openConnections()) >= before + 21);
    await eventually('they are closed', async () => (await openConnections()) <= before + 2);
    expect(secondsSince(startedAt)).toBeGreaterThan(15);
    await eventually('everything is read', () => Promise.resolve(slow.bytesRead > PIPELINED * length));
  }, 120_000);
});

describe('connections beyond the maximum', () => {
  it('are closed at once, until there is room', async () => {
    const own = await startTestService({ PURSER_CONNECTIONS_MAX: '10' });
    const full = Array.from({ length: 10 }, () => connect({}, own.url));
    await eventually('all have connected', () => Promise.resolve(full.every(({ isConnected }) => isConnected)));
    const startedAt = performance.now();
    const refused = connect({ says: 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n' }, own.url);
    await eventually('it is closed', () => Promise.resolve(refused.isEnded));
    expect(secondsSince(startedAt)).toBeLessThan(5);
    expect(refused.text).toBe('');
    expect(own.log.join()).toContain('PURSER_CONNECTIONS_MAX');
    full[0]?.close();
    const isTaken = async (): Promise<boolean> => {
      const next = connect({ says: 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n' }, own.url);
      await eventually('it is answered or closed', () => Promise.resolve(next.text !== '' || next.isEnded));
      return next.text.startsWith('HTTP/1.1 200 ');
    };
    await eventually('another is taken', isTaken);
    for (const client of full) client.close();
    await own.stop();
  });
});
