import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#database';
import { publicId } from '#ledger';
import { makeFolder } from '../../cli/make-folder.ts';
import { text, units } from '../../model/units.ts';
import { makeKey } from '../../support/access-steps.ts';
import { makeBudget } from '../../support/budget-steps.ts';
import { eventually } from '../../support/eventually.ts';
import { openAccount } from '../../support/ledger-steps.ts';
import { PostgresUnderTest } from '../postgres-under-test.ts';
import { ServiceProcess } from '../service-process.ts';
import { DecisionJournal } from './decision-journal.ts';
import { LimitedClients } from './limited-clients.ts';
import { LimitedLoad } from './limited-load.ts';
import { RecomputedLimits } from './recomputed-limits.ts';

/** `LIMIT_KILLS=40` kills more often. */
const { LIMIT_KILLS = '2' } = process.env;
const kills = Number(LIMIT_KILLS);
const TEST_MS_MAX = 120_000 + kills * 30_000;

let dataDir: string;
let server: EmbeddedPostgres;
let postgres: PostgresUnderTest;
const services: ServiceProcess[] = [];
let journal: DecisionJournal;
beforeAll(async () => {
  dataDir = await makeFolder('limits');
  server = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings: { track_commit_timestamp: 'on' } });
  postgres = new PostgresUnderTest(dataDir);
  for (let n = 0; n < 2; n += 1) services.push(await ServiceProcess.onDatabase(server.url));
  journal = await DecisionJournal.begin(postgres);
}, 120_000);
afterAll(async () => {
  for (const service of services) await service.remove();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

/** Clients with a key of this limit, which every process knows of. */
async function clientsWithLimit(amount: string): Promise<LimitedClients> {
  const [first] = services;
  if (!first) throw new Error('there is no service');
  const admin = first.client;
  const limit = { amount, period: 'total' };
  const { key: limited } = await makeKey(admin, { scopes: ['authorize'], limit });
  const { key: other } = await makeKey(admin, { scopes: ['authorize'] });
  const account = await openAccount(admin);
  for (const service of services) {
    await eventually('the process knows of the limit', async () => {
      const { body } = await service.as(limited).post('/v1/charges', { account, amount: '1000000' });
      return (body as { readonly code: string }).code === 'key_limit_exceeded';
    });
  }
  return new LimitedClients(services, { environment: 'live', limited, other });
}

const PER_USER = '50';
const PER_ACCOUNT = '90';
const OF_KEY = '1000';
const CREDITS = '1000000';

/** Everything that is asked, and every limit refuses something. */
const DECISIONS = [
  'authorize',
  'budget_exceeded account',
  'budget_exceeded user',
  'charge',
  'commit',
  'extend',
  'key_limit_exceeded',
  'lapse',
  'refund',
  'void',
];

function figures(found: RecomputedLimits, { unanswered }: LimitedClients): string {
  return (
    `${JSON.stringify(Object.fromEntries(found.counts))}; ${String(unanswered)} tries unanswered; ` +
    `${text(found.beyondHolds)} taken beyond holds, at most ${text(found.largestOverrun)} of it beyond a budget; ` +
    `${text(found.ofKey.taken)} used of the key’s ${OF_KEY}, ${text(found.refusedTooEarly)} left when it refused too early`
  );
}

/** What was moved for each authorization, less what was refunded. */
async function movedByTransfers(): Promise<Record<string, string>> {
  const rows = await postgres.query<{ id: string; moved: string }>(
    `select authorization_id as id, trim_scale(sum(case kind when 'usage' then amount else -amount end))::text as moved
    from transfers where authorization_id is not null group by authorization_id`,
  );
  return Object.fromEntries(rows.map(({ id, moved }) => [publicId('authorization', id), moved]));
}

describe('limits of users, accounts and a key, with two processes on one database', () => {
  it(
    'hold at every instant for 500 clients, whichever process is killed',
    async () => {
      const [first] = services;
      if (!first) throw new Error('there is no service');
      const clients = await clientsWithLimit(OF_KEY);
      const accounts = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const account = await openAccount(first.client, { credits: CREDITS });
          await makeBudget(first.client, account, 'user', { amount: PER_USER, period: 'day', per: 'user' });
          await makeBudget(first.client, account, 'account', { amount: PER_ACCOUNT, period: 'total' });
          return account;
        }),
      );
      const load = LimitedLoad.start(clients, accounts);
      for (let kill = 0; kill < kills; kill += 1) {
        await load.progress(400);
        const service = services[kill % services.length];
        await service?.kill();
        await load.progress(150);
        await service?.restart();
      }
      await load.progress(300);
      await load.stop();
      await eventually('the last hold has ended', async () => (await postgres.query('select from holds')).length === 0);
      await load.commitLate();

      const limits = { perUser: units(PER_USER), perAccount: units(PER_ACCOUNT), ofKey: units(OF_KEY) };
      const found = new RecomputedLimits({ ...limits, credits: units(CREDITS) }, clients.answered);
      for (const transaction of await journal.read()) found.enter(transaction);
      process.stderr.write(`${figures(found, clients)}\n`);
      expect(found.faults).toEqual([]);
      expect(found.decisions).toBe(clients.answered.size);
      expect([...found.counts.keys()].sort()).toEqual(DECISIONS);
      expect(clients.unanswered).toBeGreaterThan(0);
      expect(found.largestOverrun).toBeGreaterThan(0n);
      expect(found.refusedTooEarly).toBeLessThanOrEqual(limits.ofKey / 200n);
      expect(await movedByTransfers()).toEqual(found.moved);
      const [reserved] = await postgres.query('select from counters where reserved <> 0');
      expect(reserved).toBeUndefined();
      await postgres.mustHaveCleanBooks();
    },
    TEST_MS_MAX,
  );
});
