import type { SliceAuthorization } from './journal-slice.ts';

/** What of a tag is named that no authorization names. */
export const NONE = '(none)';
/** What stands for all values beyond the most that are kept apart. */
export const OTHER = '(other)';
/** What all values of an account become when it is erased. */
export const ERASED = '(erased)';

/** What a step is attributed to. A tag that a commit has added counts from that commit on. */
export function tagValue(authorization: SliceAuthorization, tag: string, version: bigint): string {
  const { tags, addedTags, addedSince } = authorization;
  if (Object.hasOwn(tags, tag)) return tags[tag] ?? NONE;
  if (!Object.hasOwn(addedTags, tag)) return NONE;
  const since = Object.hasOwn(addedSince, tag) ? BigInt(addedSince[tag] ?? 0) : 0n;
  return version > since ? (addedTags[tag] ?? NONE) : NONE;
}
