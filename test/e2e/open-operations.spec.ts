import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Agent, request } from 'undici';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { expectProblem } from '../support/expect-answer.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(async () => {
  await agent.close();
  await service.stop();
});

const agent = new Agent();

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

/** What is sent, byte for byte: nothing is decompressed on the way. */
async function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Sent> {
  const { statusCode, headers: sent, body } = await request(`${service.url}${path}`, { headers, dispatcher: agent });
  return { status: statusCode, headers: sent, bytes: Buffer.from(await body.arrayBuffer()) };
}

const CONTENT = ['/openapi.json', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css'];

describe('what needs no key', () => {
  it.each([...CONTENT, '/metrics'])('is compressed as its client accepts: %s', async (path) => {
    const plain = await get(path);
    expect(plain.headers).not.toHaveProperty('content-encoding');
    for (const [encoding, decompress] of [['gzip', gunzipSync] as const, ['br', brotliDecompressSync] as const]) {
      const { status, headers, bytes } = await get(path, { 'accept-encoding': encoding });
      expect(status).toBe(200);
      expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
      expect(headers['content-type']).toBe(plain.headers['content-type']);
      expect(bytes.length).toBeLessThan(plain.bytes.length / 2);
      if (path !== '/metrics') expect(decompress(bytes).equals(plain.bytes)).toBe(true);
    }
  });

  it.each([...CONTENT, '/docs', '/docs/show.js'])(
    'may be kept, and isn’t sent again to whoever has it: %s',
    async (path) => {
      const { headers } = await get(path);
      expect(headers['cache-control']).toMatch(/^public, max-age=\d+$/);
      const etag = String(headers['etag']);
      for (const given of [etag, `"other", ${etag}`, etag.replace('W/', ''), '*']) {
        const again = await get(path, { 'if-none-match': given, 'accept-encoding': 'gzip' });
        expect([again.status, again.bytes.length, again.headers['etag']]).toEqual([304, 0, etag]);
      }
      expect((await get(path, { 'if-none-match': 'W/"other"' })).status).toBe(200);
    },
  );

  it('is counted against the rate limit by address, all but the health of the service', async () => {
    const own = await startTestService({ PURSER_RATE_LIMIT: '12' });
    const anybody = new ApiClient(own.url, null);
    const paths = ['/openapi.json', '/metrics', '/docs', '/docs/show.js'];
    for (let time = 0; time < 3; time++) for (const path of paths) expect((await anybody.get(path)).status).toBe(200);
    for (const path of paths) expectProblem(await anybody.get(path), 429, 'rate_limited');
    for (const path of ['/health/live', '/health/ready']) expect((await anybody.get(path)).status).toBe(200);
    expect((await own.live.get('/v1/accounts')).status).toBe(200);
    await anybody.close();
    await own.stop();
  });
});

describe('metrics for which a token is set', () => {
  const token = 'the-token-of-the-scraper';
  let own: TestService;
  beforeAll(async () => {
    own = await startTestService({ PURSER_METRICS_TOKEN: token, PURSER_RATE_LIMIT: '5' });
  });
  afterAll(() => own.stop());

  const scrape = (bearer: string | null): Promise<Answer> => {
    const client = new ApiClient(own.url, bearer);
    return client.get('/metrics').finally(() => client.close());
  };

  it('are for nobody else, and strangers don’t use up what their scraper may ask for', async () => {
    expect(expectProblem(await scrape(null), 401, 'invalid_api_key')).toMatchObject({ reason: 'missing' });
    expect(expectProblem(await scrape(`${token}s`), 401, 'invalid_api_key')).toMatchObject({ reason: 'unknown' });
    expect((await own.live.get('/metrics')).status).toBe(401);
    expect((await scrape(token)).status).toBe(200);
    for (let time = 0; time < 5; time++) await scrape(null);
    expect((await scrape(null)).status).toBe(429);
    expect((await scrape(token)).status).toBe(200);
  });
});
