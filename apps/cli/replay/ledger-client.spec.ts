import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LedgerClient } from './ledger-client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const open: (() => Promise<void>)[] = [];

/** A real server whose nth request is answered by the nth handler, and all after them by the last. */
async function clientOf(handlers: readonly Handler[], { retrySeconds = 5, stop = new AbortController() } = {}) {
  const keys: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const handler = handlers[Math.min(keys.length, handlers.length - 1)];
    keys.push(request.headers['idempotency-key'] as string | undefined);
    handler?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const client = new LedgerClient({ url, key: 'pur_live_key', connections: 2, retrySeconds, signal: stop.signal });
  open.push(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, keys };
}

function answer(status: number, body: object, headers: Record<string, string> = {}): Handler {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

const dropConnection: Handler = (request) => request.socket.destroy();
const problem = { code: 'unavailable', detail: 'Too much to do.' };

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

describe('LedgerClient', () => {
  it('gives answers as they are, refusals too, and tells replayed ones', async () => {
    const { client, keys } = await clientOf([
      answer(402, { code: 'insufficient_credits' }, { 'idempotency-replayed': 'true' }),
    ]);
    expect(await client.post('/v1/authorizations', {}, 'k1')).toEqual({
      status: 402,
      body: { code: 'insufficient_credits' },
      replayed: true,
    });
    expect(keys).toEqual(['k1']);
  });

  it.each([
    ['a broken connection', dropConnection],
    ['503', answer(503, problem)],
    ['429', answer(429, problem)],
  ])('sends a request again with the same key after %s', async (_what, fault) => {
    const { client, keys } = await clientOf([fault, fault, answer(200, { id: 'auth_1' })]);
    expect(await client.post('/v1/authorizations/auth_1/commit', {}, 'k1')).toMatchObject({ status: 200 });
    expect(keys).toEqual(['k1', 'k1', 'k1']);
    expect(client.retries).toBe(2);
  });

  it('waits as long as Retry-After says', async () => {
    const { client } = await clientOf([answer(503, problem, { 'retry-after': '1' }), answer(200, {})]);
    const startedMs = performance.now();
    await client.get('/v1/accounts');
    expect(performance.now() - startedMs).toBeGreaterThan(950);
  });

  it('gives up in time and says why', async () => {
    const { client } = await clientOf([answer(503, problem)], { retrySeconds: 0 });
    await expect(client.get('/v1/accounts')).rejects.toThrow(
      'GET /v1/accounts found no answer within 0 s (503 unavailable: Too much to do.)',
    );
  });

  it('does not try again what failed for another reason', async () => {
    const { client, keys } = await clientOf([answer(500, {}), answer(200, {})]);
    expect(await client.post('/v1/authorizations', {}, 'k1')).toMatchObject({ status: 500 });
    expect(keys).toHaveLength(1);
  });

  it('stops waiting once it is aborted', async () => {
    const stop = new AbortController();
    const { client } = await clientOf([answer(503, problem, { 'retry-after': '60' })], { retrySeconds: 90, stop });
    const waiting = client.get('/v1/accounts');
    setTimeout(() => stop.abort(), 50);
    await expect(waiting).rejects.toThrow(/abort/i);
  });

  it.each([
    ['a key that is refused', answer(401, { code: 'unknown_key', detail: 'No such key.' }), /refused the key \(401/],
    ['something that is not the service', answer(404, {}), /doesn't answer like Purser \(404/],
    ['an address where nothing answers', dropConnection, /No service answers at http/],
  ])('checks before it begins, and tells %s', async (_what, handler, message) => {
    const { client } = await clientOf([handler]);
    await expect(client.check()).rejects.toThrow(message);
  });
});
