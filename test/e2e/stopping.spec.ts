import { readConfig } from '#config';
import { makeLogger } from '#logging';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect as openSocket, type Socket } from 'node:net';
import { once } from 'node:events';
import { startApi, type RunningApi } from '../../apps/api/start-api.ts';
import { eventually } from '../support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { LIVE_KEY, startTestService } from '../support/test-service.ts';
import { balanceOf, openAccount } from '../support/ledger-steps.ts';

let database: TestDatabase;
const sockets: Socket[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await database.drop();
});

function start(environment: Record<string, string> = {}): Promise<RunningApi> {
  return startApi({
    config: readConfig({ PORT: '0', ...environment }),
    databaseUrl: database.url,
    logger: makeLogger({ level: 'error', secrets: [] }),
  });
}

describe('the API, when it is closed', () => {
  it('does not wait for ever for clients that say nothing, or only half of what they want', async () => {
    const api = await start();
    for (const said of ['', 'POST /v1/charges HTTP/1.1\r\nhost: x\r\ncontent-length: 200\r\n\r\n{"account"']) {
      const socket = openSocket(Number(new URL(api.url).port), '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(said);
    }
    const startedAt = performance.now();
    await api.close();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('goes on answering for as long as it is told to, and says that it is not ready', async () => {
    const api = await start({ PURSER_DRAIN_SECONDS: '2' });
    const ask = async (path: string): Promise<[number, object]> => {
      const answer = await fetch(`${api.url}${path}`);
      return [answer.status, (await answer.json()) as object];
    };
    expect((await ask('/health/ready'))[0]).toBe(200);

    const startedAt = performance.now();
    const closed = api.close();
    expect(await ask('/health/ready')).toEqual([
      503,
      expect.objectContaining({ status: 'unavailable', service: 'stopping' }),
    ]);
    expect((await ask('/health/live'))[0]).toBe(200);
    expect((await ask('/v1/accounts'))[0]).toBe(401);
    await closed;
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    await expect(fetch(`${api.url}/health/live`)).rejects.toThrow();
  });

  it('answers the requests that are under way, each with what was decided', async () => {
    const service = await startTestService();
    const account = await openAccount(service.live, { credits: '100' });
    const stopped = await startApi({
      config: readConfig({ PORT: '0' }),
      databaseUrl: service.databaseUrl,
      logger: makeLogger({ level: 'error', secrets: [] }),
    });
    // The account is locked, so that they are still under way when the service is told to stop.
    const client = await service.pool.connect();
    await client.query('begin');
    await client.query('select 1 from accounts for update');
    const charging = Array.from({ length: 50 }, () =>
      fetch(`${stopped.url}/v1/charges`, {
        method: 'POST',
        headers: { authorization: `Bearer ${LIVE_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({ account, amount: '1' }),
      }).then(({ status }) => status),
    );
    const metrics = async (): Promise<string> => (await fetch(`${stopped.url}/metrics`)).text();
    await eventually('all are under way', async () => (await metrics()).includes('\npurser_queue_decisions 50\n'));
    const startedAt = performance.now();
    const closed = stopped.close();
    await client.query('rollback');
    client.release();
    expect(new Set(await Promise.all(charging))).toEqual(new Set([201]));
    await closed;
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect((await balanceOf(service.live, account)).posted).toBe('50');
    await service.stop();
  });
});
