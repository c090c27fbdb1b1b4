import { checkOf, type Bound } from '../report/check.ts';
import type { RatioResult } from '../report/ratios.ts';
import { median } from '../report/statistics.ts';
import type { MixRound } from './mix.ts';

/** What the victim did a second in the mix ÷ alone: the median of the rounds. */
export function rateKept(name: string, rounds: readonly MixRound[], bound: Bound): RatioResult {
  return summed(
    name,
    rounds.map(({ alone, mixed }) => mixed.victim.perSecond / alone.victim.perSecond),
    median,
    bound,
  );
}

/** How many of the victim's requests were refused in the mix, over all rounds. */
export function noneRefused(name: string, rounds: readonly MixRound[]): RatioResult {
  const perRound = rounds.map(({ mixed }) => refusalsOf(mixed.victim.answers));
  return summed(name, perRound, (values) => values.reduce((sum, value) => sum + value, 0), { atMost: 0 });
}

/** A check of a figure that every round has. @param sum makes one of them. */
export function summed(
  name: string,
  perRound: readonly number[],
  sum: (values: readonly number[]) => number,
  bound: Bound = {},
): RatioResult {
  return { ...checkOf(name, sum(perRound), bound), min: Math.min(...perRound), max: Math.max(...perRound) };
}

/** How many were answered 503. */
function refusalsOf(answers: Readonly<Record<string, number>>): number {
  return Object.entries(answers).reduce((sum, [kind, count]) => (kind.startsWith('503') ? sum + count : sum), 0);
}
