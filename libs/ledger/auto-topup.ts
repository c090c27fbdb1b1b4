import { type Amount, ZERO } from '#amounts';
import type { Period } from '#calendar';
import { priceOf, type Offer } from './offer.ts';

export const PROVIDERS = ['stripe', 'manual', 'test'] as const;
/** Who collects a payment. */
export type ProviderName = (typeof PROVIDERS)[number];

export const TOPUP_BALANCES = ['available', 'posted'] as const;
/** Which balance is compared with the threshold. */
export type TopupBalance = (typeof TOPUP_BALANCES)[number];

export const TOPUP_CAP_PERIODS = ['day', 'week', 'month'] as const satisfies readonly Period[];

/** After a payment that has failed, the next attempt is made this much later. */
export const BACK_OFF_MS = 60 * 60 * 1000;

/** After so many failures in a row, the rule buys nothing until somebody does something about it. */
const DECLINES_MAX = 3;

/** What is bought, in credits. */
export type TopupSize =
  | { readonly amount: Amount }
  /** What the balance is brought to. */
  | { readonly target: Amount }
  /** A package's UUID and what it brings. */
  | { readonly package: string; readonly credits: Amount; readonly bonus: Amount };

/** How much may be bought in a day, week or month of the account's calendar. */
export interface TopupCap {
  readonly period: (typeof TOPUP_CAP_PERIODS)[number];
  /** How many purchases; `null`: any number. */
  readonly count: number | null;
  /** Credits, without bonus; `null`: any amount. */
  readonly amount: Amount | null;
}

/** An account's rule to buy credits when it runs low, as somebody has set it. Amounts are credits. */
export interface AutoTopupTerms {
  readonly enabled: boolean;
  readonly on: TopupBalance;
  /** It buys where the balance is this or lower. */
  readonly threshold: Amount;
  readonly buys: TopupSize;
  readonly offer: Offer;
  readonly provider: ProviderName;
  readonly paymentMethod: string | null;
  readonly customer: string | null;
  /** From the beginning of a purchase to that of the next, at least, in milliseconds. */
  readonly cooldownMs: number;
  readonly maxPerPeriod: TopupCap | null;
}

/** A rule, and what has become of it. Times are by the account's clock, in milliseconds since 1970. */
export interface AutoTopup extends AutoTopupTerms {
  /** Since when purchases count for the cap; `null` where there is none. */
  readonly cappedSince: number | null;
  /** When it last bought. */
  readonly firedAt: number | null;
  /** When a payment last failed, and none has succeeded since. */
  readonly declinedAt: number | null;
  /** How many payments in a row have failed. */
  readonly declines: number;
  /** Whether that were too many, or there is trouble with a payment: then none is counted. */
  readonly suspended: boolean;
  /** It is low and may not buy yet: when it is to be looked at again. */
  readonly waitsUntil: number | null;
}

/** A purchase that a rule is to begin. */
export interface TopupOrder {
  readonly credits: Amount;
  readonly bonusCredits: Amount;
  /** Money. */
  readonly price: Amount;
}

export const AUTO_TOPUP_STATUSES = ['active', 'suspended', 'disabled'] as const;
export type AutoTopupStatus = (typeof AUTO_TOPUP_STATUSES)[number];

export function autoTopupStatus({ enabled, suspended }: AutoTopup): AutoTopupStatus {
  if (!enabled) return 'disabled';
  return suspended ? 'suspended' : 'active';
}

/** Whether the rule buys at all. */
export function isOn({ enabled, suspended }: AutoTopup): boolean {
  return enabled && !suspended;
}

/** Before this instant it buys nothing: it cools down, backs off after a decline, or its cap doesn't count yet. */
export function notBefore({ firedAt, declinedAt, cooldownMs, cappedSince }: AutoTopup): number {
  const cool = firedAt === null ? 0 : firedAt + cooldownMs;
  const backedOff = declinedAt === null ? 0 : declinedAt + BACK_OFF_MS;
  return Math.max(cool, backedOff, cappedSince ?? 0);
}

/** @param balance the one that the rule looks at; it is fixed here how far a target is away */
export function orderOf({ buys, offer }: AutoTopup, balance: Amount): TopupOrder {
  if ('package' in buys) {
    return { credits: buys.credits, bonusCredits: buys.bonus, price: priceOf(offer, buys.credits) };
  }
  const credits = 'amount' in buys ? buys.amount : buys.target.minus(balance);
  return { credits, bonusCredits: ZERO, price: priceOf(offer, credits) };
}

/** The rule after a payment of its own has failed. What bought nothing is no reason to cool down. */
export function afterDecline(rule: AutoTopup, at: number): AutoTopup {
  const declines = rule.declines + 1;
  return { ...rule, firedAt: null, declinedAt: at, declines, suspended: rule.suspended || declines >= DECLINES_MAX };
}

/**
 * The rule after a payment for the account has succeeded, whoever began it; after trouble with one, only if somebody did by hand. It
 * needn't wait any more for what it has backed off from.
 */
export function afterSuccess(rule: AutoTopup, { automatic }: { readonly automatic: boolean }): AutoTopup {
  const isTroubled = rule.suspended && rule.declines === 0;
  return rule.declines === 0 && (!isTroubled || automatic) ? rule : { ...rule, ...NO_DECLINES, waitsUntil: null };
}

/**
 * The rule after a payment for the account was disputed or refunded, or one of its own was paid with another amount than the price.
 * Whoever wants money back, or has paid and got nothing for it, isn't charged again by a rule.
 */
export function afterTrouble(rule: AutoTopup): AutoTopup {
  return rule.enabled ? { ...rule, ...NO_DECLINES, suspended: true, waitsUntil: null } : rule;
}

/**
 * The rule with other terms. Enabling it, also after it was suspended, and another way to pay let it forget what has failed; once it is
 * enabled it needn't cool down either. Its cap holds all the same.
 */
export function withTerms(before: AutoTopup | null, terms: AutoTopupTerms, now: number): AutoTopup {
  const isKept = terms.maxPerPeriod !== null && before?.maxPerPeriod?.period === terms.maxPerPeriod.period;
  // What was bought in this very millisecond, before there was a cap, isn't counted.
  const countsFrom = before?.firedAt === now ? now + 1 : now;
  const cappedSince = isKept ? before.cappedSince : terms.maxPerPeriod && countsFrom;
  const { declinedAt, declines, suspended } = before && !forgetsDeclines(before, terms) ? before : NO_DECLINES;
  const firedAt = before && !isEnabledBy(before, terms) ? before.firedAt : null;
  return { ...terms, cappedSince, firedAt, declinedAt, declines, suspended, waitsUntil: null };
}

/** Whether a rule with other terms looks at the balance at once. One that was waiting to buy does, whatever has changed. */
export function looksAtOnce(before: AutoTopup | null, terms: AutoTopupTerms): boolean {
  return before === null || before.waitsUntil !== null || forgetsDeclines(before, terms);
}

const NO_DECLINES = { declinedAt: null, declines: 0, suspended: false } as const;

function forgetsDeclines(before: AutoTopup, terms: AutoTopupTerms): boolean {
  return isEnabledBy(before, terms) || (terms.enabled && isPaidOtherwise(before, terms));
}

function isEnabledBy(before: AutoTopup, { enabled }: AutoTopupTerms): boolean {
  return enabled && !isOn(before);
}

function isPaidOtherwise(before: AutoTopupTerms, after: AutoTopupTerms): boolean {
  return (
    before.provider !== after.provider ||
    before.paymentMethod !== after.paymentMethod ||
    before.customer !== after.customer
  );
}
