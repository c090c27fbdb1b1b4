import { median } from '../report/statistics.ts';
import { idleLatency, loadPairs, type PairLoad } from './pair-load.ts';

/** A figure of two loads. */
export interface Comparison {
  readonly what: string;
  readonly figure: 'pairs per second' | 'CPU µs per pair' | 'idle p50 ms';
  /** Medians over the rounds, and of the rounds' quotients, grown ÷ base; `null` where it can't be measured here. */
  readonly base: number | null;
  readonly grown: number | null;
  readonly ratio: { readonly median: number; readonly min: number; readonly max: number } | null;
}

export interface Rounds {
  readonly rounds: number;
  /** How long each load is measured in each round. */
  readonly seconds: number;
}

interface Round {
  readonly perSecond: number;
  readonly cpuMicros: number | null;
  readonly idleMs: number;
}

const WARM_UP_SECONDS_MAX = 2;

/** Measures two loads in turns, and what has grown of one against the other. */
export async function compareLoads(
  what: string,
  base: PairLoad,
  grown: PairLoad,
  { rounds, seconds }: Rounds,
): Promise<Comparison[]> {
  for (const load of [base, grown]) await loadPairs(load, Math.min(seconds, WARM_UP_SECONDS_MAX));
  const ofBase: Round[] = [];
  const ofGrown: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Every other round begins with the other, so that to be first favours neither.
    const turns = [
      { load: base, measured: ofBase },
      { load: grown, measured: ofGrown },
    ];
    for (const { load, measured } of round % 2 === 0 ? turns : turns.reverse()) {
      const { perSecond, cpuMicros } = await loadPairs(load, seconds);
      measured.push({ perSecond, cpuMicros, idleMs: await idleLatency(load, seconds / 2) });
    }
  }
  const figures = (pick: (round: Round) => number | null) => [ofBase.map(pick), ofGrown.map(pick)] as const;
  return [
    comparison(what, 'pairs per second', ...figures(({ perSecond }) => perSecond)),
    comparison(what, 'CPU µs per pair', ...figures(({ cpuMicros }) => cpuMicros)),
    comparison(what, 'idle p50 ms', ...figures(({ idleMs }) => idleMs)),
  ];
}

/** @param base one figure per round, as `grown`; `null` where it couldn't be measured. */
export function comparison(
  what: string,
  figure: Comparison['figure'],
  base: readonly (number | null)[],
  grown: readonly (number | null)[],
): Comparison {
  const [bases, growns] = [known(base), known(grown)];
  if (!bases || !growns) return { what, figure, base: null, grown: null, ratio: null };
  const ratios = bases.map((value, round) => (growns[round] ?? NaN) / value);
  return {
    what,
    figure,
    base: median(bases),
    grown: median(growns),
    ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
  };
}

function known(values: readonly (number | null)[]): number[] | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === values.length ? numbers : null;
}
