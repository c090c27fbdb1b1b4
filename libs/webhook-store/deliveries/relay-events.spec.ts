import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MadeEndpoint } from '../endpoints/webhook-endpoints.ts';
import { requestIn, WebhookFixture } from '../testing/webhook-fixture.ts';
import { deliveryId } from './delivery-ref.ts';
import { dueDeliveries } from './due-deliveries.ts';

let fixture: WebhookFixture;
beforeAll(async () => {
  fixture = await WebhookFixture.open();
});
afterAll(() => fixture.close());

const URL = 'http://127.0.0.1:9/never-sent-to';
let count = 0;
/** An environment that no other test knows. */
async function newEnvironment(): Promise<string> {
  count += 1;
  const name = `relay-${String(count)}`;
  await fixture.pool.query('insert into environments (name) values ($1)', [name]);
  return name;
}

function idsFor({ endpoint }: MadeEndpoint, events: readonly string[]): string[] {
  return events.map((eventId) => deliveryId({ eventId, endpointId: endpoint.id }));
}

async function unnumbered(): Promise<number> {
  const { rows } = await fixture.pool.query<{ count: number }>(
    'select count(*)::integer as count from events where position is null',
  );
  return rows[0]?.count ?? 0;
}

describe('the relay', () => {
  it('queues an event once for every endpoint that hears of it, by type and environment', async () => {
    const environment = await newEnvironment();
    const all = await fixture.endpoint(URL, {}, environment);
    const some = await fixture.endpoint(URL, { types: ['grant.expired', 'grant.voided'] }, environment);
    const elsewhere = await fixture.endpoint(URL, {}, await newEnvironment());
    const created = await fixture.event({ environment, type: 'grant.created' });
    const expired = await fixture.event({ environment, type: 'grant.expired' });
    expect((await fixture.relay()).sort()).toEqual(
      [...idsFor(all, [created, expired]), ...idsFor(some, [expired])].sort(),
    );
    expect(await fixture.deliveries(elsewhere)).toEqual([]);
    expect(await fixture.relay()).toEqual([]);
  });

  it('takes an event once, whatever number of relays run at once', async () => {
    const environment = await newEnvironment();
    const endpoint = await fixture.endpoint(URL, {}, environment);
    const events = await fixture.events(1000, { environment });
    const taken = (await Promise.all(Array.from({ length: 40 }, () => fixture.relay(37)))).flat();
    while (taken.length < 1000) {
      const more = await fixture.relay(100);
      expect(more.length).toBeGreaterThan(0);
      taken.push(...more);
    }
    expect(taken.sort()).toEqual(idsFor(endpoint, events).sort());
    expect(await fixture.deliveries(endpoint)).toHaveLength(1000);
  });

  it('does nothing while another relay is at it, and goes on when that one is gone', async () => {
    const environment = await newEnvironment();
    const endpoint = await fixture.endpoint(URL, {}, environment);
    const event = await fixture.event({ environment });
    const client = await fixture.pool.connect();
    await client.query(`begin; select pg_advisory_xact_lock(hashtextextended('relay', 0))`);
    expect(await fixture.relay()).toEqual([]);
    client.release(true);
    const taken: string[] = [];
    while (taken.length === 0) taken.push(...(await fixture.relay()));
    expect(taken).toEqual(idsFor(endpoint, [event]));
  });

  it('numbers events over all environments, in the order of an account’s ids', async () => {
    const [one, two] = [await newEnvironment(), await newEnvironment()];
    await fixture.events(30, { environment: one });
    await fixture.events(30, { environment: two });
    while ((await unnumbered()) > 0) await fixture.relay(25);
    const { rows } = await fixture.pool.query<{ in_order: boolean; positions: number }>(
      `select bool_and(position > before is not false) as in_order, count(distinct position)::integer as positions
      from (
        select position, lag(position) over (partition by account_id order by id) as before
        from events where environment = any($1)
      ) numbered`,
      [[one, two]],
    );
    expect(rows).toEqual([{ in_order: true, positions: 60 }]);
  });

  it('leaves nothing undone where it is killed: what it did is undone, and the next one does it', async () => {
    const environment = await newEnvironment();
    const endpoint = await fixture.endpoint(URL, {}, environment);
    const events = await fixture.events(10, { environment });
    const client = await fixture.pool.connect();
    await client.query('begin');
    await client.query('update events set relayed_at = now() where environment = $1', [environment]);
    expect(await fixture.relay()).toEqual([]);
    client.release(true);
    const taken: string[] = [];
    while (taken.length === 0) taken.push(...(await fixture.relay()));
    expect(taken.sort()).toEqual(idsFor(endpoint, events).sort());
  });

  it('sends nothing that happened before an endpoint was made, nor to a disabled one', async () => {
    const environment = await newEnvironment();
    const before = await fixture.event({ environment, recordedAt: new Date(Date.now() - 60_000) });
    const endpoint = await fixture.endpoint(URL, {}, environment);
    const after = await fixture.event({ environment, recordedAt: new Date(Date.now() + 1000) });
    expect(await fixture.relay()).toEqual(idsFor(endpoint, [after]));
    const { id } = endpoint.endpoint;
    const answer = () => ({ status: 200, body: '' });
    await fixture.endpoints.update(requestIn(environment), { id, changes: { enabled: false } }, answer);
    await fixture.event({ environment });
    expect(await fixture.relay()).toEqual([]);
    expect((await fixture.deliveries(endpoint)).map(({ eventId }) => eventId)).not.toContain(before);
  });

  it('gives an account’s own endpoint that account’s events and nobody else’s', async () => {
    const environment = await newEnvironment();
    await fixture.account('acme', environment);
    const own = await fixture.endpoint(URL, { account: 'acme' }, environment);
    const mine = await fixture.event({ environment, account: 'acme' });
    await fixture.event({ environment, account: 'umbrella' });
    await fixture.event({ environment, account: '', type: 'webhook_endpoint.failing' });
    expect(await fixture.relay()).toEqual(idsFor(own, [mine]));
  });
});

describe('what is due', () => {
  it('is found by its state, a few of each endpoint, so that one with many hides no other', async () => {
    const environment = await newEnvironment();
    const busy = await fixture.endpoint(URL, { types: ['grant.created'] }, environment);
    const quiet = await fixture.endpoint(URL, { types: ['grant.voided'] }, environment);
    await fixture.pool.query(`update webhook_deliveries set status = 'failed'`);
    await fixture.events(500, { environment });
    await fixture.event({ environment, type: 'grant.voided' });
    await fixture.relay(1000);
    const due = await dueDeliveries(fixture.pool, 100);
    const of = ({ endpoint }: MadeEndpoint) => due.filter((id) => id.endsWith(endpoint.id)).length;
    expect([of(busy), of(quiet)]).toEqual([8, 1]);
  });
});
