import { OTHER } from './tag-value.ts';
import type { UsageGroup } from './usage-shares.ts';

/** What usage may be named by, in characters. */
const NAME_LENGTH_MAX = 128;
const TAG_LENGTH_MAX = 256;

/**
 * A name as sums are kept by it. It is part of the key of a row, and an entry of an index takes 2,704 bytes: four names of 128 characters,
 * of four bytes each, and what stands beside them are less. Longer ones, which were accepted once, are put together.
 */
export function keptName(name: string): string {
  return isLonger(name, NAME_LENGTH_MAX) ? OTHER : name;
}

export function keptTagValue(value: string): string {
  return isLonger(value, TAG_LENGTH_MAX) ? OTHER : value;
}

export function keptGroup(group: UsageGroup): UsageGroup {
  const { event, model, provider } = group;
  // Nearly every name is short.
  if (event.length + model.length + provider.length <= NAME_LENGTH_MAX) return group;
  return { event: keptName(event), model: keptName(model), provider: keptName(provider) };
}

/** A character beyond the basic ones counts once, though it has the length of two. */
function isLonger(text: string, lengthMax: number): boolean {
  if (text.length <= lengthMax) return false;
  return text.length > 2 * lengthMax || Array.from(text).length > lengthMax;
}
