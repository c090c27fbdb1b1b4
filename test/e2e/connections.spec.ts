import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { RawClient, type RawClientOptions } from '../support/raw-client.ts';
import { LIVE_KEY, startTestService, type TestService } from '../support/test-service.ts';

/** A service that a test has to itself, and what connects to it. */
class Connected implements AsyncDisposable {
  readonly #clients: RawClient[] = [];

  private constructor(readonly service: TestService) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Connected> {
    return new Connected(await startTestService(environment));
  }

  connect(options: RawClientOptions = {}): RawClient {
    const client = new RawClient(this.service.url, options);
    this.#clients.push(client);
    return client;
  }

  connectMany(count: number, options: RawClientOptions = {}): RawClient[] {
    return Array.from({ length: count }, () => this.connect(options));
  }

  /** How many connections the service has open; the one that asks is always the same. */
  async open(): Promise<number> {
    const { text } = await this.service.live.get('/metrics');
    return Number(/^purser_http_connections (\d+)$/m.exec(text)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.service.stop();
  }
}

const HALF_A_HEAD = 'GET /v1/accounts HTTP/1.1\r\nhost: x\r\n';
const HALF_A_BODY =
  'POST /v1/charges HTTP/1.1\r\nhost: x\r\n' +
  `authorization: Bearer ${LIVE_KEY}\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{`;
const DESCRIPTION = 'GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n';
const REFUSED = /^HTTP\/1\.1 408 /;
/** So many descriptions are more than the buffers of a connection hold. */
const PIPELINED = 40;

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1000;

/** Longer than a connection whose client doesn't read is kept. */
const SLOW_READ_SECONDS = 35;

/** Side by side: most of the time they wait until the service gives up. */
describe('a connection', () => {
  it.concurrent(
    'is closed soon after its 408, although its client keeps its own side open',
    async () => {
      await using connected = await Connected.start();
      const before = await connected.open();
      const halfOpen = connected.connectMany(100, { says: HALF_A_HEAD });
      const saysNothing = connected.connectMany(10);
      await eventually('all are refused', () =>
        Promise.resolve([...halfOpen, ...saysNothing].every(({ text }) => REFUSED.test(text))),
      );
      const refusedAt = performance.now();
      await eventually('all are closed', async () => (await connected.open()) === before);
      expect(secondsSince(refusedAt)).toBeLessThan(8);
    },
    120_000,
  );

  it.concurrent(
    'whose client doesn’t read is closed, while one that reads slowly gets everything',
    async () => {
      await using connected = await Connected.start();
      const { length } = Buffer.from(await (await fetch(`${connected.service.url}/openapi.json`)).arrayBuffer());
      const says = DESCRIPTION.repeat(PIPELINED);
      const slow = connected.connect({ says, readsPerSecond: (PIPELINED * length) / SLOW_READ_SECONDS });
      const startedAt = performance.now();
      const silent = connected.connectMany(20, { says, readsPerSecond: 0 });
      let most = 0;
      const open = async (): Promise<number> => {
        const count = await connected.open();
        most = Math.max(most, count);
        return count;
      };
      await eventually('they have connected', async () => (await open()) > silent.length + 1);
      await eventually('they are closed', async () => (await open()) <= most - silent.length);
      expect(secondsSince(startedAt)).toBeGreaterThan(15);
      await eventually('everything is read', () => Promise.resolve(slow.bytesRead > PIPELINED * length));
    },
    120_000,
  );

  it.concurrent('beyond the maximum is closed at once, until there is room', async () => {
    await using connected = await Connected.start({ PURSER_CONNECTIONS_MAX: '10' });
    const full = connected.connectMany(10);
    await eventually('all have connected', () => Promise.resolve(full.every(({ isConnected }) => isConnected)));
    const startedAt = performance.now();
    const refused = connected.connect({ says: 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n' });
    await eventually('it is closed', () => Promise.resolve(refused.isEnded));
    expect(secondsSince(startedAt)).toBeLessThan(5);
    expect(refused.text).toBe('');
    expect(connected.service.log.join()).toContain('PURSER_CONNECTIONS_MAX');
    full[0]?.close();
    const isTaken = async (): Promise<boolean> => {
      const next = connected.connect({ says: 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n' });
      await eventually('it is answered or closed', () => Promise.resolve(next.text !== '' || next.isEnded));
      return next.text.startsWith('HTTP/1.1 200 ');
    };
    await eventually('another is taken', isTaken);
    for (const client of full) client.close();
  });

  it.concurrent.each([
    ['its head', HALF_A_HEAD],
    ['its body', HALF_A_BODY],
  ])(
    'on which only a part of a request arrives, a part of %s, is given up within twenty seconds, and told so',
    async (_, says) => {
      await using connected = await Connected.start();
      const startedAt = performance.now();
      const client = connected.connect({ says });
      await eventually('it is closed', () => Promise.resolve(client.isEnded));
      const ended = secondsSince(startedAt);
      expect(client.text).toMatch(/^HTTP\/1\.1 408 /);
      expect(client.text.toLowerCase()).toContain('content-type: application/problem+json');
      expect(client.text).toContain('"code":"request_timeout"');
      expect(ended).toBeGreaterThan(9);
      expect(ended).toBeLessThan(20);
    },
    120_000,
  );
});
