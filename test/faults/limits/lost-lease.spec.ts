import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#database';
import { makeFolder } from '../../cli/make-folder.ts';
import type { Answer } from '../../support/api-client.ts';
import { eventually } from '../../support/eventually.ts';
import { charge, openAccount } from '../../support/ledger-steps.ts';
import { PostgresUnderTest } from '../postgres-under-test.ts';
import { ServiceProcess } from '../service-process.ts';

let dataDir: string;
let server: EmbeddedPostgres;
let postgres: PostgresUnderTest;
let dying: ServiceProcess;
let other: ServiceProcess;
beforeAll(async () => {
  dataDir = await makeFolder('lost-lease');
  server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  postgres = new PostgresUnderTest(dataDir);
  dying = await ServiceProcess.onDatabase(server.url);
  other = await ServiceProcess.onDatabase(server.url);
}, 120_000);
afterAll(async () => {
  await dying.remove();
  await other.remove();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

const LIMIT = '100';

/** What was leased to the account, and what it has taken of that. */
async function leaseOf(account: string): Promise<{ leased: string; taken: string | null } | undefined> {
  const [row] = await postgres.query<{ leased: string; taken: string | null }>(
    `select trim_scale(s.granted)::text as leased, trim_scale(c.granted)::text as taken
    from span_limit_shares s join accounts using (account_id)
      left join counters c on c.account_id = s.account_id and c.counter = s.limit_id
    where external_id = $1`,
    [account],
  );
  return row;
}

async function granted(): Promise<string | undefined> {
  const [row] = await postgres.query<{ granted: string }>(
    'select trim_scale(granted)::text as granted from span_limit_windows',
  );
  return row?.granted;
}

it('the limit of an environment has all of a lease whose process was killed before its account took it', async () => {
  const admin = other.client;
  await admin.put('/v1/limits', { amount: LIMIT, period: 'total' });
  const [first, second] = [
    await openAccount(admin, { credits: '1000' }),
    await openAccount(admin, { credits: '1000' }),
  ];
  const probe = await openAccount(admin, { credits: '1000' });
  for (const { client } of [dying, other]) {
    await eventually('the process knows of the limit', async () => {
      const { body } = await client.post('/v1/charges', { account: probe, amount: '200' });
      return (body as { readonly code: string }).code === 'environment_limit_exceeded';
    });
  }
  const request = { account: first, amount: '60' };
  const key = randomUUID();

  // The lease locks the limit alone; the account's decision that takes it waits for whoever has the account.
  const session = await postgres.session();
  await session.query(`begin; select from accounts where external_id = '${first}' for update`);
  const unanswered = dying.client.post('/v1/charges', request, { key }).catch(() => null);
  await eventually('it is leased', async () => (await leaseOf(first)) !== undefined);
  await dying.kill();
  await session.end();
  expect(await unanswered).toBeNull();
  expect(await leaseOf(first)).toEqual({ leased: '60', taken: null });

  const answers: Answer[] = [];
  for (let n = 0; n < 2; n += 1) answers.push(await admin.post('/v1/charges', request, { key }));
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  expect(answers[1]?.text).toBe(answers[0]?.text);
  expect(await leaseOf(first)).toEqual({ leased: '60', taken: '60' });
  expect(await granted()).toBe('60');
  await charge(admin, second, '40');
  const { status, body } = await admin.post('/v1/charges', { account: first, amount: '0.000000000001' });
  expect({ status, body }).toMatchObject({
    status: 402,
    body: { code: 'environment_limit_exceeded', limit: LIMIT, spent: '100', held: '0' },
  });
  expect(await granted()).toBe(LIMIT);
  await postgres.mustHaveCleanBooks();
}, 120_000);
