import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clients, Load, LoadResult } from './load.ts';
import { prepareLoad } from './prepare-load.ts';
import { runLoad } from './run-load.ts';

const ACCOUNTS = { name: 'acme', count: 1 };

describe('a load', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    server = createServer((request, response) => {
      request.resume().once('end', () => answer(request, response));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => void server.close());

  async function put(load: Partial<Load>, connections = 2): Promise<LoadResult> {
    const clients: Clients = {
      urls: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
      adminKey: 'pur_live_a-key',
      connections,
    };
    const whole: Load = { work: 'authorize', accounts: ACCOUNTS, seconds: 0.2, pace: 'closed', ...load };
    const prepared = await prepareLoad(clients, whole);
    try {
      return await runLoad(prepared);
    } finally {
      for (const { connection } of prepared.workers) connection.close();
    }
  }

  function reply(response: ServerResponse, status: number, body: object): void {
    const text = JSON.stringify(body);
    response.writeHead(status, { 'content-length': text.length, ...(status === 503 && { 'retry-after': '1' }) });
    response.end(text);
  }

  function isGreeting({ method }: IncomingMessage): boolean {
    return method === 'GET';
  }

  it('counts how its requests are answered, each of them once', async () => {
    let [authorized, refused] = [0, 0];
    answer = (request, response) => {
      if (isGreeting(request)) reply(response, 404, {});
      else if ((authorized + refused) % 5 === 4) reply(response, 503, { code: 'ledger_busy', n: (refused += 1) });
      else reply(response, 201, { id: 'auth_1', n: (authorized += 1) });
    };
    const result = await put({ mayBeRefused: true });
    expect(result.answers).toEqual({ '201': authorized, '503 ledger_busy': refused });
    expect(refused).toBeGreaterThan(0);
    expect(result.decisions).toBe(authorized);
    expect(result.refused?.perSecond).toBeGreaterThan(0);
  });

  it('ends at an answer that it did not expect', async () => {
    answer = (request, response) => reply(response, isGreeting(request) ? 200 : 409, { code: 'too_many_holds' });
    await expect(put({})).rejects.toThrow('answered unexpectedly');
  });

  it('ends where it is refused, unless that is no error', async () => {
    answer = (request, response) => reply(response, isGreeting(request) ? 200 : 503, { code: 'ledger_busy' });
    await expect(put({})).rejects.toThrow('answered unexpectedly');
    await expect(put({ mayBeRefused: true })).resolves.toMatchObject({ perSecond: 0, latency: { p99: Infinity } });
  });

  it('takes a decline for what it is asked to be', async () => {
    answer = (request, response) => reply(response, isGreeting(request) ? 200 : 402, { code: 'credits_held' });
    const { answers, perSecond } = await put({ work: 'decline-held' });
    expect(Object.keys(answers)).toEqual(['402 credits_held']);
    expect(perSecond).toBeGreaterThan(0);
    await expect(put({ work: 'decline-empty' })).rejects.toThrow('answered unexpectedly');
  });

  it('leaves a hold that has had all its steps, and goes on with another', async () => {
    let holds = 0;
    const committed: string[] = [];
    answer = ({ url = '', ...request }, response) => {
      const hold = `auth_${holds}`;
      if (isGreeting(request as IncomingMessage)) reply(response, 200, {});
      else if (url === '/v1/authorizations') reply(response, 201, { id: `auth_${(holds += 1)}` });
      else if (!url.includes(`/${hold}/`) || committed.filter((one) => one === hold).length >= 3) {
        reply(response, 409, { code: 'too_many_steps' });
      } else reply(response, 200, { id: hold, n: committed.push(hold) });
    };
    await put({ work: 'commit-part' }, 1);
    expect(holds).toBeGreaterThan(1);
    expect(committed.slice(0, 4)).toEqual(['auth_1', 'auth_1', 'auth_1', 'auth_2']);
  });

  it('sends the same request with the same key where it replays', async () => {
    const seen = new Map<string, number>();
    answer = ({ headers, ...request }, response) => {
      const key = String(headers['idempotency-key']);
      if (!isGreeting(request as IncomingMessage)) seen.set(key, (seen.get(key) ?? 0) + 1);
      reply(response, 201, { id: 'auth_1' });
    };
    const { answers } = await put({ work: 'replay' });
    expect(seen.size).toBe(100);
    expect([...seen.values()].reduce((sum, times) => sum + times - 1, 0)).toBe(answers['201']);
  });

  it('asks for each account once where that is wanted, and says when there are no more', async () => {
    answer = (_request, response) => reply(response, 201, { id: 'auth_1' });
    const accounts = { name: 'new', first: 50, count: 3 };
    await expect(put({ work: 'charge', accounts, picks: 'each-once' })).rejects.toThrow('all 3 accounts of new');
  });
});
