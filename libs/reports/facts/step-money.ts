import { type Amount, ZERO } from '#amounts';
import type { Transfer } from '#ledger';
import type { SliceGrant } from './journal-slice.ts';
import { noShared, type Shared, type SharedSums } from './measures.ts';
import { revenueOf, type MoneyFact } from './money-fact.ts';
import type { Step } from './steps.ts';

/** What a step has booked, by the currency of its rows. What isn't money stands beside the first money of the step. */
export type Booked = Map<string, SharedSums>;

/** The revenue of a transfer, in one currency. */
export interface Revenue {
  readonly currency: string;
  readonly amount: Amount;
}

/** The revenue of each transfer, by its id. */
export function revenueByTransfer(facts: readonly MoneyFact[]): ReadonlyMap<string, readonly Revenue[]> {
  const revenue = new Map<string, Revenue[]>();
  for (const fact of facts) {
    const amount = revenueOf(fact);
    if (!amount || fact.currency === '') continue;
    const all = revenue.get(fact.transferId) ?? [];
    all.push({ currency: fact.currency, amount });
    revenue.set(fact.transferId, all);
  }
  return revenue;
}

export interface StepTerms {
  readonly grants: ReadonlyMap<string, SliceGrant>;
  readonly revenue: ReadonlyMap<string, readonly Revenue[]>;
}

/** The currency in whose rows stands what isn't money: of the first money, else of the first cost; '' where none is known. */
export function currencyOf({ transfers, records }: Step, { revenue }: StepTerms): string {
  for (const { id } of transfers) {
    const [first] = revenue.get(id) ?? [];
    if (first) return first.currency;
  }
  return records.find(({ currency }) => currency !== null)?.currency ?? '';
}

export function bookedIn(step: Step, currency: string, { grants, revenue }: StepTerms): Booked {
  const booked: Booked = new Map();
  const add = (name: string, measure: Shared, amount: Amount): void => {
    const sums = booked.get(name) ?? noShared();
    sums[measure] = sums[measure].plus(amount);
    booked.set(name, sums);
  };
  for (const transfer of step.transfers) {
    const { measure, amount } = creditsOf(transfer, grants);
    add(currency, measure, amount);
    if (amount.isNegative()) add(currency, 'refunded', amount.neg());
    for (const part of revenue.get(transfer.id) ?? []) add(part.currency, 'revenue', part.amount);
  }
  for (const { amount } of step.uncollected) add(currency, 'uncollected', amount);
  return booked;
}

/** Where a transfer of usage took its credits from, or where a refund has put them; negative for a refund. */
export function creditsOf(
  { kind, debit, grantId, amount }: Transfer,
  grants: ReadonlyMap<string, SliceGrant>,
): { readonly measure: 'paid' | 'promotional' | 'included' | 'debt'; readonly amount: Amount } {
  const grant = grantId === null ? null : grants.get(grantId);
  if (grant === undefined) throw new Error(`the grant ${String(grantId)} of a transfer is missing`);
  const isBack = kind === 'refund' && debit === 'usage';
  return { measure: grant?.category ?? 'debt', amount: isBack ? amount.neg() : amount };
}

/** Adds in place. */
export function addBooked(sums: Booked, more: Booked): void {
  for (const [currency, change] of more) {
    const before = sums.get(currency) ?? noShared();
    const after = noShared();
    for (const measure of Object.keys(after) as Shared[]) after[measure] = before[measure].plus(change[measure]);
    sums.set(currency, after);
  }
}

/** The part of what a step moved that promotional credits paid for; 0 where it moved nothing. */
export function promotionalPart(booked: Booked): { readonly promotional: Amount; readonly all: Amount } {
  let promotional = ZERO;
  let all = ZERO;
  for (const sums of booked.values()) {
    promotional = promotional.plus(sums.promotional);
    all = all.plus(sums.paid).plus(sums.promotional).plus(sums.included).plus(sums.debt).plus(sums.uncollected);
  }
  return { promotional, all };
}
