import { connect, type Pool } from '#database';
import { accountKey, newOwnedUuid, parsePublicId } from '#ledger';
import { deliverWebhooksChore, relayEventsChore, SecretBox, WebhookSender } from '#webhook-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.ts';
import { expectFaults, expectList } from '../support/expect-answer.ts';
import { grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { SECRETS_KEY, startTestService, type TestInstance, type TestService } from '../support/test-service.ts';

interface FollowedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly account: string; readonly sequence?: number };
}

let service: TestService;
let other: TestInstance;
let pools: readonly Pool[];
beforeAll(async () => {
  service = await startTestService();
  other = await service.startAnother();
  const connectWorker = (): Pool =>
    connect(service.databaseUrl, { connectionsMax: 2, settings: { role: 'purser_app' }, log: () => undefined });
  pools = [connectWorker(), connectWorker()];
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await service.stop();
});

/** Relays as a worker does, until nothing is left. */
async function relay(pool: Pool): Promise<void> {
  const sending = { sender: new WebhookSender({ allowLoopback: true }), secrets: new SecretBox([SECRETS_KEY]) };
  const chore = relayEventsChore(pool, deliverWebhooksChore(pool, sending));
  while (await chore.run(() => Promise.resolve()));
}

async function eventsAfter(client: ApiClient, after: string, limit: number): Promise<readonly FollowedEvent[]> {
  return expectList(await client.get(`/v1/events?after=${after}&limit=${String(limit)}`)).data as never;
}

/** Reads on and on from the last event seen, until a read that began after `isFinished` finds nothing. */
async function follow(client: ApiClient, from: string, isFinished: () => boolean): Promise<FollowedEvent[]> {
  const seen: FollowedEvent[] = [];
  for (;;) {
    const wasFinished = isFinished();
    const events = await eventsAfter(client, seen.at(-1)?.id ?? from, 7);
    seen.push(...events);
    if (events.length === 0 && wasFinished) return seen;
  }
}

describe('the events of a whole environment', () => {
  it('are followed without a gap, though two processes decide on many accounts and two workers relay', async () => {
    const accounts = await Promise.all(Array.from({ length: 12 }, () => openAccount(service.live)));
    let isRelayed = false;
    let isWritten = false;
    const writers = Array.from({ length: 16 }, async (_, writer) => {
      const client = writer % 2 === 0 ? service.live : other.live;
      for (let round = 0; round < 40; round++)
        await grantCredits(client, String(accounts[(writer + round) % accounts.length]), '1');
    });
    const relays = pools.map(async (pool) => {
      while (!isWritten) await relay(pool);
      await relay(pool);
    });
    const following = follow(service.live, 'start', () => isRelayed);
    await Promise.all(writers);
    isWritten = true;
    await Promise.all(relays);
    await relay(service.pool);
    isRelayed = true;
    const seen = await following;

    const { rows } = await service.pool.query<{ id: string }>(`select id from events where environment = 'live'`);
    expect(rows).toHaveLength(16 * 40);
    expect(seen.map(({ id }) => parsePublicId('event', id)).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
    for (const account of accounts) {
      const sequences = seen.filter(({ data }) => data.account === account).map(({ data }) => data.sequence);
      expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    }
  });

  it('show an event whose transaction was committed after those of larger ids', async () => {
    const [late, early] = [await openAccount(service.test), await openAccount(service.test)];
    const key = accountKey('test', late);
    const client = await service.pool.connect();
    await client.query('begin');
    await client.query('select from accounts where external_id = $1 for update', [late]);
    await client.query(
      `insert into events (account_id, id, environment, type, sequence, data, occurred_at)
      values ($1, $2, 'test', 'account.suspended', 1, jsonb_build_object('account', $3::text, 'sequence', 1), now())`,
      [key, newOwnedUuid(Date.now(), key), late],
    );
    await client.query('update accounts set event_sequence = 1 where external_id = $1', [late]);
    await grantCredits(service.test, early, '1');
    await relay(service.pool);
    const [first] = await follow(service.test, 'start', () => true);
    expect(first?.data.account).toBe(early);
    await client.query('commit');
    client.release();
    await relay(service.pool);
    const [next] = await follow(service.test, String(first?.id), () => true);
    expect(next?.data.account).toBe(late);
  });

  it('are paged by cursors, filtered by type, and shown to their environment only', async () => {
    const account = await openAccount(service.live);
    for (let round = 0; round < 3; round++) await grantCredits(service.live, account, '1');
    await service.live.post(`/v1/accounts/${account}/suspend`);
    await relay(service.pool);
    const all = await follow(service.live, 'start', () => true);
    const pages = await pagesOf(service.live, '/v1/events?after=start', 100);
    expect(pages.flat()).toEqual(all.map(({ id }) => id));
    const suspended = expectList(await service.live.get('/v1/events?after=start&type=account.suspended'));
    expect(suspended.data.map(({ id }) => id)).toEqual([all.at(-1)?.id]);
    expectFaults(await service.test.get(`/v1/events?after=${String(all[0]?.id)}`), ['after']);
  });

  it('that are not relayed yet come later, and none is listed after one of them', async () => {
    const account = await openAccount(service.live);
    await relay(service.pool);
    const last = (await follow(service.live, 'start', () => true)).at(-1);
    await grantCredits(service.live, account, '1');
    expect(await eventsAfter(service.live, String(last?.id), 10)).toEqual([]);
    const [unrelayed] = expectList(await service.live.get(`/v1/events?account=${account}`)).data;
    expect(await eventsAfter(service.live, String(unrelayed?.id), 10)).toEqual([]);
    await relay(service.pool);
    expect((await eventsAfter(service.live, String(last?.id), 10)).map(({ id }) => id)).toEqual([unrelayed?.id]);
  });

  it('can’t be followed from an event that was deleted: the follower learns that it may have missed some', async () => {
    const account = await openAccount(service.live);
    await grantCredits(service.live, account, '1');
    await relay(service.pool);
    const last = (await follow(service.live, 'start', () => true)).at(-1);
    await service.pool.query('delete from events where id = $1', [parsePublicId('event', String(last?.id))]);
    await service.pool.query('update accounts set event_sequence = 0 where external_id = $1', [account]);
    expectFaults(await service.live.get(`/v1/events?after=${String(last?.id)}`), ['after']);
  });
});
