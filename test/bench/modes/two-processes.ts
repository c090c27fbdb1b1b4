import { hasBalancer, startBalancer } from '../../operations/balancer.ts';
import { hot, SPREAD, type AccountSet } from '../accounts.ts';
import type { Work } from '../load/load.ts';
import { describeMachine } from '../machine.ts';
import { ProductRun } from '../product-run.ts';
import { checkOf } from '../report/check.ts';
import { formatStages } from '../report/format-stages.ts';
import { stageOf, type Stage, type StagesReport, type Trial } from '../report/stages-report.ts';
import { median } from '../report/statistics.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { Outcome, RunOptions } from './mode.ts';

export interface TwoProcessesOptions extends RunOptions {
  readonly rounds: number;
}

const CONNECTIONS = 128;

/** What is done with one process and then with two. */
interface Shared {
  readonly name: string;
  readonly work: Work;
  readonly accounts: AccountSet;
  /**
   * The accounts for two processes, where each belongs to one of them. They differ from those for one, or a process would find
   * that the other has changed them meanwhile.
   */
  readonly accountsOfTwo?: AccountSet;
  /** Whether the clients send an account's requests to the process that it belongs to. */
  readonly routed?: boolean;
  /** What two do at least ÷ one. */
  readonly ratioMin: number;
}

/** Not one that two processes have competed for: it is slow for a while. */
const HOT = hot('one-process');
const OWNED: AccountSet = { name: 'owned', count: 10_000 };

const LOADS: readonly Shared[] = [
  { name: 'authorize, one hot account', work: 'authorize', accounts: hot('two-processes'), ratioMin: 1 },
  { name: 'authorize, 10,000 accounts', work: 'authorize', accounts: SPREAD, ratioMin: 1 },
  { name: 'authorize + commit, 10,000 accounts', work: 'pair', accounts: SPREAD, ratioMin: 1 },
  {
    name: 'authorize, one hot account, routed',
    work: 'authorize',
    accounts: HOT,
    accountsOfTwo: hot('routed'),
    routed: true,
    ratioMin: 0.95,
  },
  {
    name: 'authorize, 10,000 accounts, routed',
    work: 'authorize',
    accounts: SPREAD,
    accountsOfTwo: OWNED,
    routed: true,
    ratioMin: 1,
  },
  {
    name: 'authorize + commit, 10,000 accounts, routed',
    work: 'pair',
    accounts: SPREAD,
    accountsOfTwo: OWNED,
    routed: true,
    ratioMin: 1,
  },
];

const BALANCED: Shared = {
  name: 'authorize, one hot account, by the balancer',
  work: 'authorize',
  accounts: HOT,
  accountsOfTwo: hot('balanced'),
  ratioMin: 0.95,
};

/**
 * The same clients, on one service process and then shared by two on the same database, in turn: each request sent to any
 * of the two, and then each account's to one of them; and where there is HAProxy, so by the balancer of the compose file.
 */
export async function runTwoProcesses({ seconds, rounds, log, signal }: TwoProcessesOptions): Promise<Outcome> {
  const startedAt = new Date().toISOString();
  await using cleanUp = new AsyncDisposableStack();
  const sets = [...LOADS, BALANCED].flatMap(({ accounts, accountsOfTwo = accounts }) => [accounts, accountsOfTwo]);
  const accounts = [...new Map(sets.map((set) => [set.name, set])).values()];
  const run = await ProductRun.start({ accounts, processes: 2, log });
  cleanUp.defer(() => run.stop());
  const trials: Trial[] = [];
  for (const load of LOADS) {
    const at = { one: run.services.slice(0, 1), two: run.services };
    const compared = compare(run, { ...load, at, seconds, rounds, log });
    trials.push(await unlessAborted(signal, compared));
  }
  if (hasBalancer) {
    const urls = run.services.map(({ url }) => url);
    const [one, two] = await Promise.all([startBalancer(urls.slice(0, 1)), startBalancer(urls)]);
    cleanUp.defer(() => one.stop());
    cleanUp.defer(() => two.stop());
    const at = { one: [one], two: [two] };
    const compared = compare(run, { ...BALANCED, at, seconds, rounds, log });
    trials.push(await unlessAborted(signal, compared));
  }
  const report: StagesReport = {
    started_at: startedAt,
    trials,
    verified: await run.server.verifyLedgers(),
    machine: await describeMachine(run.server),
  };
  return { report, text: formatStages(report) };
}

interface Comparison extends Shared {
  /** Where the requests go with one process and with two. */
  readonly at: Readonly<Record<'one' | 'two', readonly { readonly url: string }[]>>;
  readonly seconds: number;
  readonly rounds: number;
  readonly log: (line: string) => void;
}

async function compare(run: ProductRun, comparison: Comparison): Promise<Trial> {
  const { name, work, accounts: ofOne, accountsOfTwo: ofTwo = ofOne, routed = false, at, ratioMin } = comparison;
  const { seconds, rounds, log } = comparison;
  const stage = async (processes: 'one' | 'two', called: string): Promise<Stage> => {
    const load = { work, accounts: processes === 'one' ? ofOne : ofTwo, seconds, pace: 'closed' } as const;
    const result = await run.run(at[processes], CONNECTIONS, load, { routed });
    log(`${name}: ${called}: ${Math.round(result.perSecond)} a second`);
    return stageOf(called, result, null);
  };
  await stage('one', 'warming up one process');
  await stage('two', 'warming up two');
  const stages: Stage[] = [];
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const one = await stage('one', `one process, round ${round}`);
    const two = await stage('two', `two processes, round ${round}`);
    stages.push(one, two);
    ratios.push(two.per_second / one.per_second);
  }
  return { name, stages, checks: [checkOf('two processes ÷ one', median(ratios), { atLeast: ratioMin })] };
}
