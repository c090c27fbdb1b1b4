import { BenchServer, type VerifiedDatabase } from '../bench-server.ts';
import { describeMachine } from '../machine.ts';
import type { Outcome, RunOptions } from '../modes/mode.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { compareLoads, type Comparison, type Rounds } from './compare-loads.ts';
import { fillAccounts } from './fill-accounts.ts';
import { fillHistory } from './fill-history.ts';
import { formatGrowth } from './format-growth.ts';
import { GrowthDatabase } from './growth-database.ts';
import { growthChecks, type GrowthReport, type GrowthSizes } from './growth-report.ts';
import { measureFootprint, type Footprint } from './measure-footprint.ts';
import { measureLapse, type Lapse } from './measure-lapse.ts';
import { only, spreadOver } from './pair-load.ts';

export interface GrowOptions extends RunOptions {
  readonly rounds: number;
  readonly sizes: GrowthSizes;
}

/** What each account is granted: more than a run spends. */
const GRANTED = '1000000';
const HISTORY_DAYS = 150;
/** Longer than a run takes. */
const HOLD_SECONDS = 24 * 60 * 60;

interface Run {
  readonly server: BenchServer;
  readonly sizes: GrowthSizes;
  readonly rounds: Rounds;
  readonly log: (line: string) => void;
  readonly databases: GrowthDatabase[];
}

/** How the cost of a decision changes with what has piled up: history, accounts, grants, open holds. */
export async function runGrow({ sizes, rounds, seconds, log, signal }: GrowOptions): Promise<Outcome> {
  const startedAt = new Date().toISOString();
  await using cleanUp = new AsyncDisposableStack();
  const server = await BenchServer.start(log);
  cleanUp.defer(() => server.stop());
  const databases: GrowthDatabase[] = [];
  cleanUp.defer(async () => {
    await Promise.all(databases.map((database) => database.close()));
  });
  const run: Run = { server, sizes, rounds: { rounds, seconds }, log, databases };
  const report = await unlessAborted(signal, measure(run));
  const { comparisons, footprints, lapse, verified } = report;
  const machine = await describeMachine(server);
  const whole: GrowthReport = {
    started_at: startedAt,
    machine,
    sizes,
    comparisons,
    checks: growthChecks(comparisons),
    footprints,
    lapse,
    verified,
  };
  return { report: whole, text: formatGrowth(whole) };
}

type Measured = Pick<GrowthReport, 'comparisons' | 'footprints' | 'lapse' | 'verified'>;

async function measure(run: Run): Promise<Measured> {
  const small = await withAccounts(run, 'small', run.sizes.activeAccounts);
  const comparisons = [
    ...(await compareHistories(run, small)),
    ...(await compareAccounts(run, small)),
    ...(await compareGrants(run, small)),
    ...(await compareHolds(run, small)),
  ];
  const lapse = await lapseAll(run, small);
  const footprints = await measureFootprints(run);
  const verified: VerifiedDatabase[] = [];
  for (const database of run.databases) {
    run.log(`verifying ${database.name}`);
    verified.push(await database.verify());
  }
  return { comparisons, footprints, lapse, verified };
}

async function create(run: Run, name: string): Promise<GrowthDatabase> {
  const database = await GrowthDatabase.create(run.server, name, run.log);
  run.databases.push(database);
  return database;
}

async function withAccounts(run: Run, name: string, accounts: number): Promise<GrowthDatabase> {
  const database = await create(run, name);
  await fillAccounts(database.pool, { accounts, granted: GRANTED, at: Date.now() - 1000, log: run.log });
  return database;
}

async function compareHistories(run: Run, small: GrowthDatabase): Promise<Comparison[]> {
  const { history: authorizations, activeAccounts: accounts } = run.sizes;
  const old = await create(run, 'history');
  await fillHistory(old.pool, { authorizations, accounts, days: HISTORY_DAYS, granted: GRANTED, log: run.log });
  const comparisons: Comparison[] = [];
  for (const [what, next] of [
    ['history, one hot account', only(0)],
    ['history, spread', spreadOver(accounts)],
  ] as const) {
    run.log(`measuring: ${what}`);
    comparisons.push(...(await compareLoads(what, { database: small, next }, { database: old, next }, run.rounds)));
  }
  return comparisons;
}

async function compareAccounts(run: Run, small: GrowthDatabase): Promise<Comparison[]> {
  const { accounts, activeAccounts } = run.sizes;
  const large = await withAccounts(run, 'accounts', accounts);
  run.log('measuring: accounts');
  const base = { database: small, next: spreadOver(activeAccounts) };
  return compareLoads('accounts', base, { database: large, next: spreadOver(accounts) }, run.rounds);
}

/** Which accounts of the small database serve what. */
const ORDINARY = 0;
const MANY_GRANTS = 1;
const MANY_HOLDS = 2;

async function compareGrants(run: Run, small: GrowthDatabase): Promise<Comparison[]> {
  const more = run.sizes.grants - 1;
  run.log(`granting ${more} times`);
  await Promise.all(Array.from({ length: more }, () => small.ledger.grant(MANY_GRANTS, '1000')));
  return compareWithin(run, small, 'grants of the account', MANY_GRANTS);
}

async function compareHolds(run: Run, small: GrowthDatabase): Promise<Comparison[]> {
  run.log(`holding ${run.sizes.holds} times`);
  await small.ledger.holdMany(MANY_HOLDS, run.sizes.holds, HOLD_SECONDS);
  return compareWithin(run, small, 'open holds of the account', MANY_HOLDS);
}

function compareWithin(run: Run, database: GrowthDatabase, what: string, account: number): Promise<Comparison[]> {
  run.log(`measuring: ${what}`);
  return compareLoads(what, { database, next: only(ORDINARY) }, { database, next: only(account) }, run.rounds);
}

function lapseAll(run: Run, small: GrowthDatabase): Promise<Lapse> {
  run.log('letting the open holds lapse');
  return measureLapse(small, MANY_HOLDS);
}

/** Each on a database of its own, because what an earlier load has left room for doesn't grow. */
async function measureFootprints(run: Run): Promise<Footprint[]> {
  const { footprintPairs, activeAccounts } = run.sizes;
  const footprints: Footprint[] = [];
  for (const [name, what, next] of [
    ['footprint_hot', 'one hot account', only(ORDINARY)],
    ['footprint_spread', 'spread', spreadOver(activeAccounts)],
  ] as const) {
    const database = await withAccounts(run, name, activeAccounts);
    run.log(`measuring: what ${footprintPairs} pairs leave, ${what}`);
    footprints.push(await measureFootprint(what, { database, next }, footprintPairs));
  }
  return footprints;
}
