import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeKey } from '../support/access-steps.ts';
import { eventually } from '../support/eventually.ts';
import { charge, openAccount } from '../support/ledger-steps.ts';
import { LIVE_KEY, startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let key: string;
beforeAll(async () => {
  service = await startTestService();
  ({ key } = await makeKey(service.live, { scopes: ['read'] }));
});
afterAll(() => service.stop());

interface Message {
  readonly id: string | null;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Follows an account as a browser does, until it is stopped or the service ends it. */
class Listener {
  readonly messages: Message[] = [];
  status = 0;
  isOver = false;
  private readonly abort = new AbortController();

  constructor(path: string, { lastEventId, bearer = key }: { lastEventId?: string; bearer?: string } = {}) {
    void this.listen(`${service.url}${path}`, {
      authorization: `Bearer ${bearer}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    });
  }

  stop(): void {
    this.abort.abort();
  }

  private async listen(url: string, headers: Record<string, string>): Promise<void> {
    try {
      const response = await fetch(url, { headers, signal: this.abort.signal });
      this.status = response.status;
      let text = '';
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) if (!block.startsWith(':')) this.messages.push(messageOf(block));
      }
    } catch (error) {
      if (!this.abort.signal.aborted) throw error;
    } finally {
      this.isOver = true;
    }
  }
}

function messageOf(block: string): Message {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)] as const;
    }),
  );
  return {
    id: fields.get('id') ?? null,
    event: fields.get('event') ?? '',
    data: JSON.parse(fields.get('data') ?? '{}') as Message['data'],
  };
}

const kindsOf = ({ messages }: Listener): string[] => messages.map(({ id, event }) => `${id ?? '–'} ${event}`);

describe('the stream of an account', () => {
  it('tells the balance at once and when it changes, and every event under its number', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    const listener = new Listener(`/v1/accounts/${account}/stream`);
    await eventually('the balance is told', () => Promise.resolve(listener.messages.length === 1));
    await charge(service.live, account, '60');
    await eventually('the alert is told', () => Promise.resolve(listener.messages.length >= 3));
    expect(kindsOf(listener)).toEqual(['– balance', '2 balance.threshold_reached', '– balance']);
    expect(listener.messages[1]?.data).toMatchObject({ data: { account, percent: 50, sequence: 2 } });
    expect(listener.messages[2]?.data).toMatchObject({ account, balance: { posted: '40', available: '40' } });
    listener.stop();
  });

  it('goes on after the last event that a client has seen', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    await charge(service.live, account, '60');
    await charge(service.live, account, '40');
    const listener = new Listener(`/v1/accounts/${account}/stream?wait=0`, { lastEventId: '1' });
    await eventually('it has ended', () => Promise.resolve(listener.isOver));
    expect(kindsOf(listener)).toEqual([
      '2 balance.threshold_reached',
      '3 balance.threshold_reached',
      '4 balance.exhausted',
      '– balance',
    ]);
  });

  it('asks proxies and caches to pass it on as it comes', async () => {
    const account = await openAccount(service.live);
    const { headers } = await fetch(`${service.url}/v1/accounts/${account}/stream?wait=0`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-accel-buffering')).toBe('no');
  });

  it('ends after so many seconds, if it is to', async () => {
    const account = await openAccount(service.live);
    const listener = new Listener(`/v1/accounts/${account}/stream?wait=1`);
    await eventually('it has ended', () => Promise.resolve(listener.isOver));
    expect(kindsOf(listener)).toEqual(['– balance']);
  });

  it('ends when its key does', async () => {
    const account = await openAccount(service.live);
    const short = await makeKey(service.live, { scopes: ['read'] });
    const listener = new Listener(`/v1/accounts/${account}/stream`, { bearer: short.key });
    await eventually('the balance is told', () => Promise.resolve(listener.messages.length === 1));
    await service.live.send({ method: 'DELETE', path: `/v1/api-keys/${short.id}` });
    await eventually('it has ended', () => Promise.resolve(listener.isOver));
  });

  it('is refused as anything else is', async () => {
    const account = await openAccount(service.live);
    const path = `/v1/accounts/${account}/stream`;
    const statusOf = async (to: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(`${service.url}${to}`, { headers: { authorization: `Bearer ${key}`, ...headers } })).status;
    expect(await statusOf('/v1/accounts/nobody/stream')).toBe(404);
    expect(await statusOf(`${path}?wait=-1`)).toBe(400);
    expect(await statusOf(`${path}?wait=86401`)).toBe(400);
    expect(await statusOf(path, { 'last-event-id': 'seven' })).toBe(400);
    expect(await statusOf(path, { authorization: 'Bearer nobody' })).toBe(401);
  });

  it('ends when the service stops, and doesn’t keep it from that', async () => {
    const other = await startTestService();
    const account = await openAccount(other.live);
    const { key: bearer } = await makeKey(other.live, { scopes: ['read'] });
    const response = await fetch(`${other.url}/v1/accounts/${account}/stream`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
    const [text] = await Promise.all([response.text(), other.stop()]);
    // A connection that is cut would have thrown.
    expect(text).toContain('event: balance');
  });
});

it('is forgotten where its client has gone before it began: nobody fills up a process with streams that nobody reads', async () => {
  const own = await startTestService();
  const account = await openAccount(own.live);
  const locking = await own.pool.connect();
  await locking.query('begin; lock table accounts in access exclusive mode');
  const head = `GET /v1/accounts/${account}/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${LIVE_KEY}\r\n\r\n`;
  const gone: Promise<unknown>[] = [];
  for (let stream = 0; stream <= 1000; stream++) {
    const socket = connect(Number(new URL(own.url).port), '127.0.0.1', () => socket.write(head));
    gone.push(once(socket, 'close'));
    setTimeout(() => socket.destroy(), 500);
    if (stream % 100 === 99) await sleep(50);
  }
  await Promise.all(gone);
  await locking.query('rollback');
  locking.release();
  const isTaken = async (): Promise<boolean> =>
    (await own.live.get(`/v1/accounts/${account}/stream?wait=0`)).status === 200;
  await eventually('another stream is taken', isTaken);
  await own.stop();
});
