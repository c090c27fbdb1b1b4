import type { Grant, GrantCategory } from './grant.ts';

const CATEGORY_RANK: Record<GrantCategory, number> = { promotional: 0, included: 1, paid: 2 };
const NEVER = Number.POSITIVE_INFINITY;

/** What says when a grant is spent, beside others. */
export type BurnDownTerms = Pick<
  Grant,
  'id' | 'priority' | 'expiresAt' | 'scope' | 'category' | 'effectiveAt' | 'createdAt'
>;

/**
 * The order in which grants are spent (ledger rules, §3), total and without ties: priority, then what expires sooner,
 * scoped before unscoped, given before paid, the older, the smaller id.
 */
export function compareBurnDown(a: BurnDownTerms, b: BurnDownTerms): number {
  return (
    a.priority - b.priority ||
    compareTimes(a.expiresAt ?? NEVER, b.expiresAt ?? NEVER) ||
    Number(a.scope === null) - Number(b.scope === null) ||
    CATEGORY_RANK[a.category] - CATEGORY_RANK[b.category] ||
    compareTimes(a.effectiveAt, b.effectiveAt) ||
    compareTimes(a.createdAt, b.createdAt) ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  );
}

/** Infinity minus itself is NaN, so times are compared and not subtracted. */
function compareTimes(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}
