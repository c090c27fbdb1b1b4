import { connect } from '#database';
import { queryable } from '#ledger-store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, verified, WebhookReceiver, type Answering } from '../../../test/support/webhook-receiver.ts';
import type { MadeEndpoint } from '../endpoints/webhook-endpoints.ts';
import { resealSecrets } from '../secrets/reseal-secrets.ts';
import { SecretBox } from '../secrets/secret-box.ts';
import { SecretsKeyMissing } from '../secrets/secrets-key-missing.ts';
import { WebhookSender } from '../sending/webhook-sender.ts';
import { publicIds, requestIn, WebhookFixture } from '../testing/webhook-fixture.ts';
import { parseDeliveryId } from './delivery-ref.ts';
import { dueDeliveries } from './due-deliveries.ts';

/** The real schedule, ten thousand times as fast. */
const FAST = [0, 1, 30, 180, 720];

let fixture: WebhookFixture;
let receiver: WebhookReceiver;
beforeAll(async () => {
  fixture = await WebhookFixture.open();
});
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  await receiver.stop();
  await fixture.pool.query('delete from webhook_deliveries');
  await fixture.pool.query('delete from webhook_endpoints');
});
afterAll(() => fixture.close());

/** Answers nothing until so many messages have arrived: then those, and each later one after a moment. */
function answeringOnceAtWork(count: number, status: number): Answering {
  const held: ServerResponse[] = [];
  let arrived = 0;
  return (response) => {
    held.push(response);
    arrived += 1;
    if (arrived < count) return;
    for (const one of held.splice(0)) setTimeout(() => one.writeHead(status).end(), 20);
  };
}

async function stateOf({ endpoint }: MadeEndpoint) {
  const found = await fixture.endpoints.find('live', endpoint.id);
  if (!found) throw new Error('the endpoint is gone');
  return found;
}

async function eventsOfEndpoints(): Promise<{ readonly type: string; readonly data: Record<string, unknown> }[]> {
  const { rows } = await fixture.pool.query<{ type: string; data: Record<string, unknown> }>(
    `select type, data from events where type like 'webhook_endpoint.%' order by recorded_at`,
  );
  return rows;
}

describe('a delivery', () => {
  it('arrives once, signed, with its type, time and data, and is written down', async () => {
    const made = await fixture.endpoint(receiver.url);
    const id = await fixture.queued(made);
    expect(await fixture.attempt(id)).toEqual({ outcome: 'delivered', nextAttemptAt: null, waiting: [] });
    const [message] = receiver.received;
    if (!message) throw new Error('nothing arrived');
    expect(verified(message, made.secret)).toEqual({
      type: 'grant.created',
      timestamp: expect.stringMatching(/^20\d\d-.*Z$/),
      data: { account: 'acme' },
    });
    const { headers } = message;
    const signature = { ...headers, host: '', 'webhook-timestamp': '', 'webhook-signature': '', 'webhook-id': '' };
    expect(signature).toEqual({
      host: '',
      'user-agent': 'Purser-Webhooks',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(message.body)),
      connection: 'close',
      'webhook-id': '',
      'webhook-timestamp': '',
      'webhook-signature': '',
    });
    expect(await fixture.delivery(made)).toMatchObject({
      status: 'delivered',
      attemptCount: 1,
      attempts: [{ status_code: 200, error: null, response: 'thank you' }],
      nextAttemptAt: null,
    });
    expect(await fixture.attempt(id)).toMatchObject({ outcome: 'none', nextAttemptAt: null });
    expect(receiver.received).toHaveLength(1);
  });

  it('is attempted by one of many that would at once', async () => {
    const id = await fixture.queued(await fixture.endpoint(receiver.url));
    receiver.answering = (response) => setTimeout(() => response.end(), 50);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => fixture.attempt(id)));
    expect(outcomes.filter(({ outcome }) => outcome === 'delivered')).toHaveLength(1);
    expect(receiver.received).toHaveLength(1);
  });

  it('is sent again after growing waits until it is answered with 2xx, always under the same id', async () => {
    const made = await fixture.endpoint(receiver.url);
    const id = await fixture.queued(made);
    const statuses = [500, 404, 302];
    receiver.answering = (response) => {
      response.writeHead(statuses.shift() ?? 204, { location: `${receiver.url}/elsewhere` }).end();
    };
    await fixture.work([id], { delaysMs: FAST });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hooks', '/hooks', '/hooks', '/hooks']);
    expect(new Set(receiver.ids).size).toBe(1);
    const [first, second, third, fourth] = receiver.received.map(({ at }) => at);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(27);
    expect((fourth ?? 0) - (third ?? 0)).toBeGreaterThanOrEqual(162);
    expect(second).toBeGreaterThanOrEqual(first ?? 0);
    expect(await fixture.delivery(made)).toMatchObject({
      status: 'delivered',
      attempts: [{ status_code: 204 }, { status_code: 302 }, { status_code: 404 }, { status_code: 500 }],
    });
    expect(await stateOf(made)).toMatchObject({ enabled: true, failingSince: null });
  });

  it('has failed after as many attempts as there are waits', async () => {
    const made = await fixture.endpoint(receiver.url);
    receiver.answering = answer(500);
    await fixture.work([await fixture.queued(made)], { delaysMs: [0, 1, 1] });
    expect(receiver.received).toHaveLength(3);
    expect(await fixture.delivery(made)).toMatchObject({ status: 'failed', nextAttemptAt: null });
    expect(await dueDeliveries(fixture.pool, 10)).toEqual([]);
  });

  it('counts all its attempts, and shows the last ten', async () => {
    const made = await fixture.endpoint(receiver.url);
    receiver.answering = (response) => response.writeHead(500 + receiver.received.length).end();
    await fixture.work([await fixture.queued(made)], { delaysMs: Array.from({ length: 12 }, () => 0) });
    const { attemptCount, attempts } = await fixture.delivery(made);
    expect(attemptCount).toBe(12);
    expect(attempts.map((attempt) => attempt.status_code)).toEqual([512, 511, 510, 509, 508, 507, 506, 505, 504, 503]);
  });

  it('that is under way isn’t begun a second time by who asks for it again', async () => {
    const made = await fixture.endpoint(receiver.url);
    const response = Promise.withResolvers<ServerResponse>();
    receiver.answering = response.resolve;
    const id = await fixture.queued(made);
    const underWay = fixture.attempt(id);
    const unanswered = await response.promise;
    const wanted = { eventId: parseDeliveryId(id).eventId, endpointId: null };
    await fixture.endpoints.redeliverEvent(requestIn('live'), wanted, () => ({ status: 202, body: '' }));
    expect((await fixture.attempt(id)).outcome).toBe('none');
    unanswered.end();
    expect((await underWay).outcome).toBe('delivered');
    expect(receiver.received).toHaveLength(1);
  });

  it('waits for as long as Retry-After asks', async () => {
    const made = await fixture.endpoint(receiver.url);
    receiver.answering = answer(429, { 'retry-after': '120' });
    const { outcome, nextAttemptAt } = await fixture.attempt(await fixture.queued(made), { delaysMs: FAST });
    expect(outcome).toBe('retry');
    expect((nextAttemptAt ?? 0) - Date.now()).toBeGreaterThan(119_000);
  });

  it('keeps little of a huge answer, and of one that isn’t text', async () => {
    const made = await fixture.endpoint(receiver.url);
    let sent = 0;
    receiver.answering = (response) => {
      const more = (): void => {
        while (!response.destroyed && sent < 1e9 && response.write('\0ß'.repeat(10_000))) sent += 30_000;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    expect((await fixture.attempt(await fixture.queued(made))).outcome).toBe('delivered');
    const { response = '' } = (await fixture.delivery(made)).attempts[0] ?? {};
    expect(Buffer.byteLength(response)).toBeLessThanOrEqual(2048);
    expect(response.startsWith('\u{fffd}ß\u{fffd}ß')).toBe(true);
    expect(sent).toBeLessThan(1e8);
  });

  it('is given up after its time, whether the answer doesn’t come or doesn’t end', async () => {
    const made = await fixture.endpoint(receiver.url);
    const sender = new WebhookSender({ allowLoopback: true, timeoutMs: 1000 });
    receiver.answering = () => undefined;
    await fixture.attempt(await fixture.queued(made), { sender });
    expect((await fixture.delivery(made)).attempts).toMatchObject([
      { status_code: null, error: 'There was no answer within 1 s.' },
    ]);
    receiver.answering = (response) => {
      response.writeHead(200);
      response.write('it begins');
    };
    expect((await fixture.attempt(await fixture.queued(made), { sender })).outcome).toBe('delivered');
    const { attempts } = await fixture.delivery(made);
    expect(attempts).toMatchObject([{ status_code: 200, response: 'it begins' }]);
  });

  it('fails where nobody listens, or the connection breaks', async () => {
    const made = await fixture.endpoint(receiver.url);
    receiver.answering = (response) => response.destroy();
    await fixture.attempt(await fixture.queued(made), { delaysMs: [0, 0] });
    await receiver.stop();
    await fixture.work(await dueDeliveries(fixture.pool, 10), { delaysMs: [0, 0] });
    expect((await fixture.delivery(made)).attempts.map(({ error }) => error)).toEqual([
      'The connection was refused.',
      'The connection was closed before an answer came.',
    ]);
  });
});

describe('a worker that dies between sending and writing down', () => {
  it('leaves a delivery that is due again when its lease is over, for any other', async () => {
    const made = await fixture.endpoint(receiver.url);
    const id = await fixture.queued(made);
    await fixture.claimAndDie(id);
    const { outcome, nextAttemptAt } = await fixture.attempt(id);
    expect(outcome).toBe('none');
    // Who finds the lease in its way comes back when it has expired.
    expect((nextAttemptAt ?? 0) - Date.now()).toBeGreaterThan(0);
    expect(await dueDeliveries(fixture.pool, 10)).toEqual([]);
    await fixture.endLeases();
    expect(await dueDeliveries(fixture.pool, 10)).toEqual([id]);
    expect((await fixture.attempt(id)).outcome).toBe('delivered');
    expect(receiver.received).toHaveLength(1);
  });

  it('and comes back late, changes nothing that was written since', async () => {
    const made = await fixture.endpoint(receiver.url);
    const id = await fixture.queued(made);
    const response = Promise.withResolvers<ServerResponse>();
    receiver.answering = response.resolve;
    const late = fixture.attempt(id);
    const unanswered = await response.promise;
    await fixture.endLeases();
    receiver.answering = answer(200);
    expect((await fixture.attempt(id)).outcome).toBe('delivered');
    unanswered.writeHead(500).end();
    await late;
    expect(await fixture.delivery(made)).toMatchObject({ status: 'delivered', attemptCount: 1 });
  });
});

describe('an endpoint', () => {
  it('gets a bounded number of messages at once, whatever waits for it, and all of them in the end', async () => {
    const made = await fixture.endpoint(receiver.url);
    const events = await fixture.events(40);
    receiver.answering = answeringOnceAtWork(8, 200);
    await fixture.work(await fixture.relay());
    expect(receiver.underWayMax).toBe(8);
    expect(receiver.ids).toEqual(publicIds(events));
    expect((await fixture.deliveries(made)).every(({ status }) => status === 'delivered')).toBe(true);
  });

  it('that is slow never delays the others', async () => {
    await fixture.endpoint(receiver.url, { types: ['grant.created'] });
    const other = await WebhookReceiver.start();
    await fixture.endpoint(other.url, { types: ['grant.voided'] });
    receiver.answering = () => undefined;
    await fixture.events(100);
    const events = await fixture.events(50, { type: 'grant.voided' });
    const sender = new WebhookSender({ allowLoopback: true, timeoutMs: 15_000 });
    const working = fixture.work(await fixture.relay(), { delaysMs: [0], sender });
    while (other.received.length < 50) await sleep(5);
    expect(other.ids).toEqual(publicIds(events));
    // All of that while the slow one has not answered its first messages.
    expect(receiver.received).toHaveLength(8);
    await fixture.pool.query(`update webhook_endpoints set enabled = false, disabled_reason = 'request'`);
    await Promise.all([receiver.stop(), other.stop()]);
    await working;
  });

  it('that fails gets fewer at once', async () => {
    const made = await fixture.endpoint(receiver.url);
    receiver.answering = answer(500);
    await fixture.attempt(await fixture.queued(made), { delaysMs: [0] });
    expect((await stateOf(made)).failingSince).not.toBeNull();
    receiver.answering = answeringOnceAtWork(2, 500);
    receiver.underWayMax = 0;
    await fixture.events(20);
    await fixture.work(await fixture.relay(), { delaysMs: [0] });
    expect(receiver.underWayMax).toBe(2);
  });

  it('that answers 410 is disabled at once, which is told, and what waits for it stays', async () => {
    const made = await fixture.endpoint(receiver.url, { types: ['grant.created'] });
    receiver.answering = answer(410);
    const [id, waiting] = [await fixture.queued(made), await fixture.queued(made)];
    expect((await fixture.attempt(id)).outcome).toBe('failed');
    expect(await stateOf(made)).toMatchObject({ enabled: false, disabledReason: 'gone' });
    expect((await eventsOfEndpoints()).at(-1)).toMatchObject({
      type: 'webhook_endpoint.disabled',
      data: { reason: 'gone', url: receiver.url },
    });
    receiver.answering = answer(200);
    expect((await fixture.attempt(waiting)).outcome).toBe('none');
    expect(await dueDeliveries(fixture.pool, 10)).toEqual([]);
    const enable = { id: made.endpoint.id, changes: { enabled: true } };
    await fixture.endpoints.update(requestIn('live'), enable, () => ({ status: 200, body: '' }));
    await fixture.work(await dueDeliveries(fixture.pool, 10));
    expect((await fixture.deliveries(made)).map(({ status }) => status).sort()).toEqual(['delivered', 'failed']);
  });

  it('whose URL was changed is judged by the new one, whatever the old one answers meanwhile', async () => {
    const made = await fixture.endpoint(receiver.url);
    const url = `${receiver.url}/new`;
    receiver.answering = (response, { path }) => {
      if (path !== '/hooks') response.end();
      else {
        const changed = fixture.endpoints.update(
          requestIn('live'),
          { id: made.endpoint.id, changes: { url } },
          (one) => ({
            status: 200,
            body: one.url,
          }),
        );
        void changed.then(() => response.writeHead(410).end());
      }
    };
    const id = await fixture.queued(made);
    const { waiting } = await fixture.attempt(id);
    expect(await stateOf(made)).toMatchObject({ url, enabled: true, failingSince: null });
    expect(waiting).toEqual([id]);
    await fixture.work(waiting);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hooks', '/hooks/new']);
    expect(await fixture.delivery(made)).toMatchObject({ status: 'delivered' });
  });

  it('that is to be attempted at once is due as soon as that is written down, to the last microsecond', async () => {
    const owner = connect(fixture.databaseUrl, { connectionsMax: 1, log: () => undefined });
    await owner.query(`
      create function refuse_late() returns trigger language plpgsql as $$
      begin
        if new.status = 'pending' and new.next_attempt_at > clock_timestamp() then raise exception 'not due yet'; end if;
        return new;
      end $$;
      create trigger refuse_late before update on webhook_deliveries for each row when (new.lease is null)
        execute function refuse_late()`);
    const made = await fixture.endpoint(receiver.url);
    receiver.answering = answer(500);
    const id = await fixture.queued(made);
    for (let attempt = 0; attempt < 20; attempt += 1)
      await fixture.attempt(id, { delaysMs: Array<number>(21).fill(0) });
    await owner.query('drop trigger refuse_late on webhook_deliveries');
    await owner.end();
    expect(await fixture.delivery(made)).toMatchObject({ status: 'pending', attemptCount: 20 });
  });

  it('whose URL was changed begins anew', async () => {
    const made = await fixture.endpoint(receiver.url);
    receiver.answering = answer(500);
    await fixture.attempt(await fixture.queued(made));
    expect(await stateOf(made)).not.toMatchObject({ failingSince: null });
    const move = { id: made.endpoint.id, changes: { url: `${receiver.url}/new` } };
    await fixture.endpoints.update(requestIn('live'), move, () => ({ status: 200, body: '' }));
    expect(await stateOf(made)).toMatchObject({ failingSince: null });
  });

  it('that only fails is told of at 50 and 90 % of its time, once each, and disabled at the end', async () => {
    const made = await fixture.endpoint(receiver.url, { types: ['grant.created'] });
    receiver.answering = answer(500);
    await fixture.pool.query(`delete from events where type like 'webhook_endpoint.%'`);
    const failFor = async (days: number): Promise<void> => {
      await fixture.attempt(await fixture.queued(made), { delaysMs: [0] });
      await fixture.pool.query(`update webhook_endpoints set failing_since = now() - $1 * interval '1 day'`, [days]);
    };
    for (const days of [1, 2.4, 2.6, 2.7, 4.6, 4.7, 5.1, 5.2, 6]) await failFor(days);
    expect(await eventsOfEndpoints()).toMatchObject([
      { type: 'webhook_endpoint.failing', data: { percent: 50, failing_since: expect.any(String) } },
      { type: 'webhook_endpoint.failing', data: { percent: 90 } },
      { type: 'webhook_endpoint.disabled', data: { reason: 'failing' } },
    ]);
    expect(await stateOf(made)).toMatchObject({ enabled: false, disabledReason: 'failing' });
  });

  it('that succeeds in between begins anew', async () => {
    const made = await fixture.endpoint(receiver.url);
    receiver.answering = answer(500);
    await fixture.attempt(await fixture.queued(made), { delaysMs: [0] });
    await fixture.pool.query(
      `update webhook_endpoints set failing_since = now() - interval '6 days', failing_told = 90`,
    );
    receiver.answering = answer(200);
    await fixture.attempt(await fixture.queued(made), { delaysMs: [0] });
    receiver.answering = answer(500);
    await fixture.attempt(await fixture.queued(made), { delaysMs: [0] });
    expect((await stateOf(made)).enabled).toBe(true);
  });

  it('that is deleted gets nothing more, and what was queued for it is forgotten', async () => {
    const made = await fixture.endpoint(receiver.url);
    const id = await fixture.queued(made);
    await fixture.endpoints.remove(requestIn('live'), made.endpoint.id, () => ({ status: 200, body: '' }));
    expect(await fixture.attempt(id)).toEqual({ outcome: 'none', nextAttemptAt: null, waiting: [] });
    expect(receiver.received).toEqual([]);
    expect(await fixture.deliveries(made)).toEqual([]);
  });

  it('whose secret can’t be read is not sent to unsigned', async () => {
    const made = await fixture.endpoint(receiver.url);
    const id = await fixture.queued(made);
    const secrets = new SecretBox([Buffer.alloc(32)]);
    await expect(fixture.attempt(id, { secrets })).rejects.toThrow(SecretsKeyMissing);
    expect(receiver.received).toEqual([]);
  });

  it('on loopback gets nothing from a service that doesn’t allow it', async () => {
    const made = await fixture.endpoint(receiver.url);
    const sender = new WebhookSender({ allowLoopback: false });
    await fixture.attempt(await fixture.queued(made), { sender });
    expect((await fixture.delivery(made)).attempts[0]?.error).toContain('must begin with https://');
    expect(receiver.received).toEqual([]);
  });
});

describe('a rolled secret', () => {
  it('and the one before both sign for a day, then the new one alone', async () => {
    const made = await fixture.endpoint(receiver.url);
    const fresh: string[] = [];
    await fixture.endpoints.rollSecret(requestIn('live'), made.endpoint.id, ({ secret }) => {
      fresh.push(secret);
      return { status: 200, body: '' };
    });
    const [secret = ''] = fresh;
    await fixture.attempt(await fixture.queued(made));
    await fixture.pool.query('update webhook_endpoints set previous_secret_until = now()');
    await fixture.attempt(await fixture.queued(made));
    const [during, after] = receiver.received;
    if (!during || !after) throw new Error('two messages should have arrived');
    for (const one of [secret, made.secret]) expect(verified(during, one).type).toBe('grant.created');
    expect(verified(after, secret).type).toBe('grant.created');
    expect(() => verified(after, made.secret)).toThrow('No matching signature');
  });
});

describe('a new key for secrets', () => {
  it('takes the place of the old one, which then isn’t needed any more', async () => {
    const made = await fixture.endpoint(receiver.url);
    await fixture.endpoints.rollSecret(requestIn('live'), made.endpoint.id, () => ({ status: 200, body: '' }));
    const [old, fresh] = [fixture.secretsKey, randomBytes(32)];
    const both = new SecretBox([fresh, old]);
    await fixture.attempt(await fixture.queued(made), { secrets: both });
    expect(await resealSecrets(queryable(fixture.pool), both)).toBe(1);
    expect(await resealSecrets(queryable(fixture.pool), both)).toBe(0);
    await fixture.attempt(await fixture.queued(made), { secrets: new SecretBox([fresh]) });
    for (const message of receiver.received) expect(verified(message, made.secret).type).toBe('grant.created');
    await expect(resealSecrets(queryable(fixture.pool), new SecretBox([old]))).rejects.toThrow(SecretsKeyMissing);
  });
});
