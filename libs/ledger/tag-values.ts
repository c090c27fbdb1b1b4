import type { Tags } from './authorization.ts';

/** The value of a tag, a model or whatever else a request doesn't have. */
export const NO_VALUE = '(none)';

export function valueOfTag(tags: Tags, tag: string): string {
  // A tag may be called like something that every object has.
  return Object.hasOwn(tags, tag) ? (tags[tag] ?? NO_VALUE) : NO_VALUE;
}
