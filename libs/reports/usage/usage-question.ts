import type { AccountKey } from '#ledger';
import { SLOT_MS, slotOf } from '../facts/fact-sums.ts';

/** What usage is grouped by. */
export type UsageGroup = 'model' | 'event' | 'provider' | 'key' | 'account' | `tag.${string}`;

/** In milliseconds since 1970: `from` inclusive, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is asked about usage. */
export interface UsageQuestion extends Span {
  readonly environment: string;
  /** The one account that it is about; `null`: all of them. */
  readonly account: AccountKey | null;
  /** Where each bucket begins, in order, and where the last one ends. */
  readonly bounds: readonly number[];
  readonly groups: readonly UsageGroup[];
  /** What usage must have; `null` isn't asked for. A key is a UUID. */
  readonly filter: {
    readonly model: string | null;
    readonly event: string | null;
    readonly key: string | null;
    /** Values of tags, by their names; `(none)` is no value. */
    readonly tags: Readonly<Record<string, string>>;
  };
  /** An ISO 4217 code: money in another currency isn't counted. */
  readonly currency: string;
}

/** The names of the tags that a question is about. */
export function tagsOf({ groups, filter }: Pick<UsageQuestion, 'groups' | 'filter'>): readonly string[] {
  const grouped = groups.flatMap((group) => (group.startsWith('tag.') ? [group.slice('tag.'.length)] : []));
  return [...new Set([...grouped, ...Object.keys(filter.tags)])];
}

/**
 * Where the answer is: in sums of usage, in sums of one tag, or in the journal, because a tag is crossed with something else or isn't
 * rolled up.
 */
export function sourceOf(question: UsageQuestion, reportedTags: readonly string[]): 'usage' | 'tag' | 'journal' {
  const tags = tagsOf(question);
  if (tags.length === 0) return 'usage';
  const { model, event, key } = question.filter;
  const isCrossed =
    tags.length > 1 ||
    [model, event, key].some((one) => one !== null) ||
    question.groups.some((group) => group !== 'account' && !group.startsWith('tag.'));
  return !isCrossed && tags.every((tag) => reportedTags.includes(tag)) ? 'tag' : 'journal';
}

/** The span, and what is left of it where its ends aren't those of slots. */
export function slotsOf({ from, to }: Span): { readonly whole: Span; readonly edges: readonly Span[] } {
  const first = slotOf(from + SLOT_MS - 1);
  const last = Math.max(first, slotOf(to));
  const edges = [
    { from, to: Math.min(first, to) },
    { from: Math.max(last, from), to },
  ];
  return { whole: { from: first, to: last }, edges: edges.filter((edge) => edge.from < edge.to) };
}

/** The slots that a span touches. */
export function outwards({ from, to }: Span): Span {
  return { from: slotOf(from), to: slotOf(to + SLOT_MS - 1) };
}
