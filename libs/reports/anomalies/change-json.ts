import { formatAmount } from '#amounts';
import type { Contributor } from './contributors.ts';
import type { ModelChange } from './decompose.ts';
import type { Change, Range } from './change-reader.ts';

/** How a value is shown that nothing was named in. */
const NONE = '(none)';
const OTHER = '(other)';

/** A change as it is shown. */
export function changeJson(change: Change, before: Range, after: Range) {
  return {
    before: rangeJson(before),
    after: rangeJson(after),
    sentence: change.sentence,
    ...partsJson(change),
    models: change.models.map((one) => ({ model: one.model === '' ? NONE : one.model, ...partsJson(one) })),
    contributors: change.contributors.map(({ dimension, contributors }) => ({
      dimension,
      values: contributors.map(contributorJson),
    })),
  };
}

function rangeJson({ from, to }: Range) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function partsJson(change: Omit<ModelChange, 'model'>) {
  return {
    credits_before: formatAmount(change.before),
    credits_after: formatAmount(change.after),
    change: formatAmount(change.change),
    volume: formatAmount(change.volume),
    size: formatAmount(change.size),
    price: formatAmount(change.price),
    mix: formatAmount(change.mix),
  };
}

function contributorJson({ value, before, after, change }: Contributor) {
  return {
    value: valueJson(value),
    credits_before: formatAmount(before),
    credits_after: formatAmount(after),
    change: formatAmount(change),
  };
}

function valueJson(value: string | null): string {
  if (value === null) return OTHER;
  return value === '' ? NONE : value;
}
