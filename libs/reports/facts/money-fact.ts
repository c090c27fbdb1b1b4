import type { Amount, JsonObject } from '#amounts';
import type { GrantCategory } from '#ledger';

/** What a fact about money is of. `returned` has no credits, only money. */
export const MONEY_KINDS = [
  'granted',
  'used',
  'refunded',
  'commitment',
  'debt_used',
  'debt_refunded',
  'debt_repaid',
  'expired',
  'voided',
  'returned',
  'rolled_out',
  'rolled_in',
  'purchase_refunded',
  'restored',
  'written_off',
] as const;
export type MoneyKind = (typeof MONEY_KINDS)[number];

/** What one transfer has done to the credits and to the unearned money of one grant, or to the debt. A transfer may have several. */
export interface MoneyFact {
  /** The UUID of the transfer. */
  readonly transferId: string;
  /** When it took effect, in milliseconds since 1970. */
  readonly at: number;
  /** The grant's UUID; `null`: debt. */
  readonly grantId: string | null;
  readonly kind: MoneyKind;
  readonly category: GrantCategory | 'debt';
  /** Signed: what came in is positive, what went is negative. */
  readonly credits: Amount;
  /** The same of unearned money: usage is negative, a refund positive. */
  readonly money: Amount;
  /** `''` where there is no money. */
  readonly currency: string;
}

/** Where a purchase's running sums stand, as JSON with amounts as text: all that the money of its next transfers depends on. */
export type MoneyPosition = JsonObject;

export interface MoneyOfSlice {
  /** In the order of the transfers. */
  readonly facts: readonly MoneyFact[];
  /** By `purchaseOf`: where those stand after the slice that it has moved. */
  readonly positions: ReadonlyMap<string, MoneyPosition>;
}

/** Kinds whose money is earned: what it takes off unearned money is revenue. */
const EARNING: ReadonlySet<MoneyKind> = new Set(['used', 'refunded', 'commitment', 'debt_repaid', 'expired', 'voided']);

/** What a fact adds to revenue. */
export function revenueOf({ kind, money }: Pick<MoneyFact, 'kind' | 'money'>): Amount | null {
  return EARNING.has(kind) ? money.neg() : null;
}
