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

const HOT = { name: 'authorize, one hot account', work: 'authorize', accounts: hot('two-processes') } as const;

const LOADS: readonly { readonly name: string; readonly work: Work; readonly accounts: AccountSet }[] = [
  HOT,
  { name: 'authorize, 10,000 accounts', work: 'authorize', accounts: SPREAD },
  { name: 'authorize + commit, 10,000 accounts', work: 'pair', accounts: SPREAD },
];

/**
 * The same clients, on one service process and then shared by two on the same database, in turn; and where there is HAProxy, by
 * the balancer of the compose file, which sends an account's requests to one of the two.
 */
export async function runTwoProcesses({ seconds, rounds, log, signal }: TwoProcessesOptions): Promise<Outcome> {
  const startedAt = new Date().toISOString();
  await using cleanUp = new AsyncDisposableStack();
  const run = await ProductRun.start({ accounts: LOADS.map(({ accounts }) => accounts), processes: 2, log });
  cleanUp.defer(() => run.stop());
  const trials: Trial[] = [];
  for (const load of LOADS) {
    const at = { one: run.services.slice(0, 1), two: run.services };
    const compared = compare(run, { ...load, at, ratioMin: 1, seconds, rounds, log });
    trials.push(await unlessAborted(signal, compared));
  }
  if (hasBalancer) {
    const urls = run.services.map(({ url }) => url);
    const [one, two] = await Promise.all([startBalancer(urls.slice(0, 1)), startBalancer(urls)]);
    cleanUp.defer(() => one.stop());
    cleanUp.defer(() => two.stop());
    const name = `${HOT.name}, by the balancer`;
    const at = { one: [one], two: [two] };
    const compared = compare(run, { ...HOT, name, at, ratioMin: 0.95, seconds, rounds, log });
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

interface Comparison {
  readonly name: string;
  readonly work: Work;
  readonly accounts: AccountSet;
  /** Where the requests go with one process and with two. */
  readonly at: Readonly<Record<'one' | 'two', readonly { readonly url: string }[]>>;
  readonly ratioMin: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly log: (line: string) => void;
}

async function compare(run: ProductRun, comparison: Comparison): Promise<Trial> {
  const { name, work, accounts, at, ratioMin, seconds, rounds, log } = comparison;
  const stage = async (processes: 'one' | 'two', called: string): Promise<Stage> => {
    const load = { work, accounts, seconds, pace: 'closed' } as const;
    const result = await run.run(at[processes], CONNECTIONS, load);
    log(`${name}: ${called}: ${Math.round(result.perSecond)} a second`);
    return stageOf(called, result, null);
  };
  await stage('two', 'warming up');
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
