import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { SecretBox } from '../secrets/secret-box.ts';
import { WebhookFixture } from '../testing/webhook-fixture.ts';
import { maintainWebhooksChore } from './maintain-webhooks.chore.ts';

let fixture: WebhookFixture;
beforeAll(async () => {
  fixture = await WebhookFixture.open();
});
afterAll(() => fixture.close());

const log: object[] = [];
const maintain = (secrets: SecretBox): Promise<boolean> =>
  maintainWebhooksChore(fixture.pool, { secrets, log: { info: (fields) => log.push(fields) } }).run(() =>
    Promise.resolve(),
  );

it('deletes deliveries after thirty days', async () => {
  for (const daysAgo of [31, 29])
    await fixture.pool.query(
      `insert into webhook_deliveries (account_id, event_id, endpoint_id, announced, created_at)
      values (1, gen_random_uuid(), gen_random_uuid(), true, now() - make_interval(days => $1))`,
      [daysAgo],
    );
  await maintain(fixture.secrets);
  const { rows } = await fixture.pool.query(
    `select created_at > now() - interval '30 days' as is_recent from webhook_deliveries`,
  );
  expect(rows).toEqual([{ is_recent: true }]);
  expect(log).toEqual([]);
});

it('takes a new key of secrets into use, once, and logs for how many endpoints', async () => {
  await fixture.endpoint('http://127.0.0.1:9/');
  const both = new SecretBox([randomBytes(32), fixture.secretsKey]);
  await maintain(both);
  await maintain(both);
  expect(log).toEqual([{ endpoints: 1 }]);
});
