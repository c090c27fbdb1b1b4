import { type Amount, formatAmount } from '#amounts';
import { percentOf } from '#ledger';
import type { Contributor } from './contributors.ts';
import type { Decomposition, ChangeParts } from './decompose.ts';

/** How each part is told, by whether it is more or less. */
const CAUSES: { readonly [Part in keyof ChangeParts]: readonly [more: string, less: string] } = {
  volume: ['more requests', 'fewer requests'],
  mix: ['a costlier mix of models', 'a cheaper mix of models'],
  size: ['larger requests', 'smaller requests'],
  price: ['higher prices', 'lower prices'],
};
const PARTS = ['volume', 'mix', 'size', 'price'] as const;

/** Contributors of a dimension, for a sentence. */
export interface DimensionContributors {
  /** What it is called: `model`, `tag.user`. */
  readonly dimension: string;
  readonly contributors: readonly Contributor[];
}

/**
 * Says in a sentence what has changed, and why: from these numbers alone. Of the dimensions it names the value that has most to do
 * with it, where that is at least half of the change.
 */
export function explainChange(
  { before, after, change, ...parts }: Omit<Decomposition, 'models'>,
  unit: string,
  dimensions: readonly DimensionContributors[],
): string {
  if (change.isZero()) return `As much was used as before: ${quantity(after, unit)}.`;
  const named = dimensions.flatMap((one) => mostOf(one, change));
  const most = named.length > 0 ? `. Most of it is ${listed(named)}` : '';
  if (before.isZero()) return `${quantity(after, unit)} where nothing was used before${most}.`;
  const direction = change.isNegative() ? 'less' : 'more';
  const percent = before.gt(0) ? ` (${signed(change)[0] ?? ''}${percentOf(change.abs(), before)} %)` : '';
  const totals = `${quantity(change.abs(), unit)} ${direction} than before${percent}, ${plain(after)} instead of ${plain(before)}`;
  const causes = PARTS.filter((part) => !parts[part].isZero())
    .toSorted((a, b) => parts[b].abs().cmp(parts[a].abs()))
    .map((part) => `${signed(parts[part])} by ${CAUSES[part][parts[part].isNegative() ? 1 : 0]}`);
  return `${totals}: ${listed(causes)}${most}.`;
}

/** The only value of a dimension says nothing. */
function mostOf({ dimension, contributors }: DimensionContributors, change: Amount): readonly string[] {
  if (contributors.length < 2) return [];
  const first = contributors.find(({ value }) => value !== null);
  if (!first?.value || first.change.isNegative() !== change.isNegative()) return [];
  if (first.change.abs().times(2).lt(change.abs())) return [];
  return [`${dimension} ${first.value} (${signed(first.change)})`];
}

function quantity(amount: Amount, unit: string): string {
  return `${plain(amount)} ${unit}`;
}

function plain(amount: Amount): string {
  return formatAmount(amount);
}

function signed(amount: Amount): string {
  return amount.isNegative() ? `−${formatAmount(amount.abs())}` : `+${formatAmount(amount)}`;
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
