import { checkOf, type Bound, type Check } from './check.ts';
import { median } from './statistics.ts';

/** Of each round, in the order of the rounds. */
export interface RowFigures {
  readonly perSecond: readonly number[];
  readonly average: readonly number[];
  readonly p50: readonly number[];
  readonly p99: readonly number[];
}
type Figure = keyof RowFigures;

interface Ratio extends Bound {
  readonly name: string;
  readonly of: readonly [row: string, figure: Figure];
  readonly to: readonly [row: string, figure: Figure];
}

/** A quotient, taken within each round; its value is the median. `null`: a row that it needs wasn't measured. */
export interface RatioResult extends Check {
  readonly min: number | null;
  readonly max: number | null;
}

/** What the engine is built to reach on two shared cores that also make the load, and then what is good to know beside it. */
const RATIOS: readonly Ratio[] = [
  {
    name: 'authorize + commit in process, hot ÷ one transaction each',
    of: ['in-process-pairs', 'perSecond'],
    to: ['in-process-pairs-one-by-one', 'perSecond'],
    atLeast: 30,
  },
  {
    name: 'authorize over REST, hot ÷ one transaction each',
    of: ['authorize-hot', 'perSecond'],
    to: ['authorize-hot-one-by-one', 'perSecond'],
    atLeast: 10,
  },
  {
    name: 'authorize over REST, hot ÷ pgbench -N -c 16',
    of: ['authorize-hot', 'perSecond'],
    to: ['pgbench-16', 'perSecond'],
    atLeast: 1.2,
  },
  {
    name: 'authorizations in batches of 100, hot ÷ pgbench -N -c 16',
    of: ['batch-hot', 'perSecond'],
    to: ['pgbench-16', 'perSecond'],
    atLeast: 2.5,
  },
  {
    name: 'authorizations in batches of 100, spread ÷ pgbench -N -c 16',
    of: ['batch-spread', 'perSecond'],
    to: ['pgbench-16', 'perSecond'],
    atLeast: 2.5,
  },
  {
    name: 'pairs over REST, spread ÷ pgbench -N -c 16',
    of: ['pairs-spread', 'perSecond'],
    to: ['pgbench-16', 'perSecond'],
    atLeast: 0.5,
  },
  {
    name: 'pairs over REST, hot, by usage ÷ by amount',
    of: ['pairs-by-usage', 'perSecond'],
    to: ['pairs-hot', 'perSecond'],
    atLeast: 0.85,
  },
  {
    name: 'pairs over REST, hot, by usage with tiers of a month ÷ by amount',
    of: ['pairs-by-usage-counted', 'perSecond'],
    to: ['pairs-hot', 'perSecond'],
    atLeast: 0.8,
  },
  {
    name: 'pairs over REST, spread, by usage ÷ by amount',
    of: ['pairs-by-usage-spread', 'perSecond'],
    to: ['pairs-spread', 'perSecond'],
    atLeast: 0.85,
  },
  {
    name: 'authorize over REST, hot, within 5 budgets ÷ none',
    of: ['authorize-hot-budgets', 'perSecond'],
    to: ['authorize-hot', 'perSecond'],
    atLeast: 0.75,
  },
  {
    name: 'authorize over REST, spread, within 5 budgets ÷ none',
    of: ['authorize-spread-budgets', 'perSecond'],
    to: ['authorize-spread', 'perSecond'],
    atLeast: 0.7,
  },
  {
    name: 'authorize over REST, hot, a budget for each of 1,000,000 users ÷ none',
    of: ['authorize-users', 'perSecond'],
    to: ['authorize-hot', 'perSecond'],
    atLeast: 0.65,
  },
  {
    name: 'authorize over REST, hot, with a limit of the key ÷ none',
    of: ['authorize-hot-limit', 'perSecond'],
    to: ['authorize-hot', 'perSecond'],
    atLeast: 0.9,
  },
  {
    name: 'authorize over REST, hot, with a top-up rule ÷ none',
    of: ['authorize-hot-topup-rule', 'perSecond'],
    to: ['authorize-hot', 'perSecond'],
    atLeast: 0.95,
  },
  {
    name: 'authorize over REST, spread, with top-up rules ÷ none',
    of: ['authorize-spread-topup-rule', 'perSecond'],
    to: ['authorize-spread', 'perSecond'],
    atLeast: 0.95,
  },
  { name: 'idle p50 ÷ pgbench -N -c 1 latency', of: ['idle', 'p50'], to: ['pgbench-1', 'average'], atMost: 4 },
  { name: 'p99 at 1,000 a second ÷ idle p50', of: ['fixed-rate', 'p99'], to: ['idle', 'p50'], atMost: 10 },
  {
    name: 'authorize over REST, hot ÷ an endpoint that does nothing',
    of: ['authorize-hot', 'perSecond'],
    to: ['do-nothing', 'perSecond'],
  },
];

/**
 * @param figures of the rows that were measured, by name
 * @param isMeant of the ratios only those are taken that need such a row
 */
export function ratiosOf(
  figures: ReadonlyMap<string, RowFigures>,
  isMeant: (row: string) => boolean = () => true,
): RatioResult[] {
  return RATIOS.filter(({ of, to }) => isMeant(of[0]) || isMeant(to[0])).map((ratio) => {
    const values = perRound(figures, ratio);
    if (!values) return { ...checkOf(ratio.name, null, ratio), min: null, max: null };
    return { ...checkOf(ratio.name, median(values), ratio), min: Math.min(...values), max: Math.max(...values) };
  });
}

function perRound(figures: ReadonlyMap<string, RowFigures>, { of, to }: Ratio): number[] | null {
  const dividends = figures.get(of[0])?.[of[1]];
  const divisors = figures.get(to[0])?.[to[1]];
  if (!dividends || !divisors) return null;
  return dividends.map((dividend, round) => dividend / (divisors[round] ?? NaN));
}
