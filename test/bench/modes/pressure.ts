import { hot, type AccountSet } from '../accounts.ts';
import type { Latencies } from '../load/load.ts';
import { describeMachine } from '../machine.ts';
import { MemoryWatch } from '../memory.ts';
import { ProductRun } from '../product-run.ts';
import { checkOf, type Check } from '../report/check.ts';
import { formatStages } from '../report/format-stages.ts';
import type { Pace, Work } from '../load/load.ts';
import { stageOf, type Stage, type StagesReport, type Trial } from '../report/stages-report.ts';
import { BATCH_ITEMS } from '../load/requests.ts';
import { quotient } from '../report/statistics.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { Outcome, RunOptions } from './mode.ts';

const ACCOUNT = hot('pressure');
/** The pressure lasts for ten measurements, in three parts, so that what grows under it can be seen to. */
const PARTS = 3;
const PART_MEASUREMENTS = 10 / PARTS;

interface Pressure {
  readonly name: string;
  readonly work: Work;
  readonly accounts: AccountSet;
  /** That which it can do is measured with so many clients. */
  readonly connections: number;
  /** And the pressure is made by so many. */
  readonly pressing: number;
  /** @param peak decisions per second without pressure. */
  readonly pace: (peak: number) => Pace;
}

const OVERLOAD_FACTOR = 10;

/**
 * Offered ten times what it can do, it can refuse nine of ten only by reading them. Single requests so many can't even be
 * made on the cores that serve them; batches can, and the queue counts what is in them.
 */
const PRESSURES: readonly Pressure[] = [
  {
    name: `ten times the batches of ${BATCH_ITEMS} that it can do, one hot account`,
    work: 'batch',
    accounts: ACCOUNT,
    connections: 32,
    pressing: 2_000,
    pace: (peak) => ({ kind: 'overload', perSecond: (OVERLOAD_FACTOR * peak) / BATCH_ITEMS }),
  },
  {
    name: '4,000 clients authorizing as fast as they can, one hot account',
    work: 'authorize',
    accounts: ACCOUNT,
    connections: 128,
    pressing: 4_000,
    pace: () => 'closed',
  },
];

/** Asks for more than the service can do, and looks at what it does then, and afterwards. */
export async function runPressure({ seconds, log, signal }: RunOptions): Promise<Outcome> {
  const startedAt = new Date().toISOString();
  await using cleanUp = new AsyncDisposableStack();
  const run = await ProductRun.start({ accounts: [ACCOUNT], processes: 1, log });
  cleanUp.defer(() => run.stop());
  const trials: Trial[] = [];
  for (const pressure of PRESSURES) {
    log(pressure.name);
    trials.push(await unlessAborted(signal, press(run, pressure, seconds, log)));
  }
  const verified = await run.server.verifyLedgers();
  const report: StagesReport = {
    started_at: startedAt,
    machine: await describeMachine(run.server),
    trials,
    verified,
  };
  return { report, text: formatStages(report) };
}

async function press(
  run: ProductRun,
  pressure: Pressure,
  seconds: number,
  log: (line: string) => void,
): Promise<Trial> {
  const { work, accounts, connections, pressing } = pressure;
  const stage = async (name: string, clients: number, time: number, pace: Pace): Promise<Stage> => {
    using memory = new MemoryWatch(serviceOf(run).pid);
    const result = await run.run(run.services, clients, { work, accounts, seconds: time, pace });
    const done = stageOf(name, result, await memory.max());
    log(`${name}: ${Math.round(done.per_second)} a second, ${Math.round(done.refused_per_second)} requests refused`);
    return done;
  };
  await stage('warming up', connections, seconds, 'closed');
  const before = await stage('before', connections, seconds, 'closed');
  const under: Stage[] = [];
  for (let part = 1; part <= PARTS; part += 1) {
    const name = `under pressure, part ${part}`;
    under.push(await stage(name, pressing, PART_MEASUREMENTS * seconds, pressure.pace(before.per_second)));
  }
  const after = await stage('afterwards', connections, seconds, 'closed');
  return { name: pressure.name, stages: [before, ...under, after], checks: checksOf(before, under, after) };
}

function serviceOf({ services: [service] }: ProductRun) {
  if (!service) throw new Error('no service was started');
  return service;
}

function checksOf(before: Stage, under: readonly Stage[], after: Stage): Check[] {
  const worst = (figure: (stage: Stage) => number | null): number | null => {
    const values = under.map(figure).filter((value) => value !== null);
    return values.length > 0 ? Math.max(...values) : null;
  };
  const p99 = (latency: Latencies | null): number | null => latency?.p99 ?? null;
  const [first, last] = [under[0], under.at(-1)];
  const goodput = Math.min(...under.map(({ per_second }) => per_second));
  return [
    checkOf('decided under pressure ÷ before (worst part)', goodput / before.per_second, { atLeast: 0.8 }),
    checkOf(
      'p99 of the decided, ms',
      worst(({ latency_ms }) => p99(latency_ms)),
      { atMost: 5_000 },
    ),
    checkOf(
      'p99 of the refused, ms',
      worst(({ refused_latency_ms }) => p99(refused_latency_ms)),
      { atMost: 1_000 },
    ),
    checkOf(
      'memory, MiB',
      worst(({ memory_mib }) => memory_mib),
      { atMost: 1_024 },
    ),
    checkOf('memory, last part ÷ first', quotient(last?.memory_mib ?? null, first?.memory_mib ?? null), {
      atMost: 1.2,
    }),
    checkOf('per second afterwards ÷ before', after.per_second / before.per_second, { atLeast: 0.8 }),
    checkOf('p99 afterwards ÷ before', after.latency_ms.p99 / before.latency_ms.p99, { atMost: 1.5 }),
  ];
}
