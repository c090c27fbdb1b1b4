import { expect } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { PurserRun, type Environment } from './purser-run.ts';

const ADMIN_KEY = 'pur_live_the-key-of-a-service-with-a-worker';

interface Message {
  readonly id: string;
  readonly type: string;
}

/** Receives webhooks. */
export async function startReceiver(): Promise<{ url: string; messages: Message[]; server: Server }> {
  const messages: Message[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { type } = JSON.parse(Buffer.concat(chunks).toString()) as { type: string };
      messages.push({ id: String(request.headers['webhook-id']), type });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`, messages, server };
}

/** Uses up an account, and has a hold expire in it. */
export async function useUp(client: ApiClient): Promise<void> {
  const account = await openAccount(client, { credits: '100' });
  await client.post('/v1/charges', { account, amount: '95' });
  await client.post('/v1/authorizations', { account, amount: '1', expires_in: 1 });
}

const EXPECTED = ['authorization.expired', 'balance.threshold_reached'];

export async function expectDelivered(messages: readonly Message[]): Promise<void> {
  await eventually('all was delivered', () =>
    Promise.resolve(EXPECTED.every((type) => messages.some((message) => message.type === type))),
  );
  expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
  expect(messages.filter(({ type }) => type === 'balance.threshold_reached')).toHaveLength(1);
}

/** Runs `migrate`, `api` and `worker` on this database and these queues: what happens in the one is delivered by the other. */
export async function expectDeliveredTogether(places: Environment): Promise<void> {
  await using cleanUp = new AsyncDisposableStack();
  const { url, messages, server } = await startReceiver();
  cleanUp.defer(() => void server.close());
  const environment = {
    PURSER_ADMIN_KEY: ADMIN_KEY,
    PURSER_SECRETS_KEY: randomBytes(32).toString('base64'),
    PURSER_WEBHOOKS_ALLOW_LOOPBACK: 'true',
    PORT: '0',
    PURSER_WORKER_PORT: '0',
    ...places,
  };
  await (
    await PurserRun.start(['migrate'], environment)
  ).ended;
  const run = async (command: string): Promise<PurserRun> => {
    const started = await PurserRun.start([command], environment);
    cleanUp.defer(async () => {
      await started.end('SIGKILL');
    });
    return started;
  };
  const api = await run('api');
  const [, apiUrl = ''] = await api.writes(/^ready on (\S+)\n/m);
  const worker = await run('worker');
  const [, port = ''] = await worker.writes(/^health and metrics on port (\d+)\n/m);
  const client = new ApiClient(apiUrl, ADMIN_KEY);
  expect((await client.post('/v1/webhook-endpoints', { url })).status).toBe(201);
  await useUp(client);
  await expectDelivered(messages);
  const health = (await (await fetch(`http://127.0.0.1:${port}/health/live`)).json()) as object;
  expect(health).toEqual({ status: 'ok', queue: 'ok', relay: 'ok', sweeps: 'ok' });
  await client.close();
  expect(await worker.end('SIGTERM')).toMatchObject({ code: 0, err: '' });
  expect(await api.end('SIGTERM')).toMatchObject({ code: 0 });
}
