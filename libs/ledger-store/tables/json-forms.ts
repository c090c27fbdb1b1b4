import { Amount, formatAmount, ZERO, type JsonObject } from '#amounts';
import {
  autoTopupFrom,
  autoTopupJson,
  NO_OWN_RULES,
  NO_RESTRAINTS,
  ownRulesFrom,
  ownRulesJson,
  restraintFrom,
  restraintJson,
  originFrom,
  originJson,
  recurringFrom,
  recurringJson,
  type AutoTopup,
  type Budget,
  type BudgetRaise,
  type BurnRate,
  type Draw,
  type GrantShare,
  type HoldStep,
  type OwnAlertRules,
  type OwnRules,
  type PendingRaise,
  type PeriodOrigin,
  type RecurringGrant,
  type Reservation,
  type Restraint,
  type Stored,
  type TopupUnderWay,
} from '#ledger';
import { jsonAs, jsonList, type Kind } from './kind.ts';

/** Alert rules as they are stored; an account's own may lack either list. */
export interface StoredRules {
  readonly percent: readonly number[] | null;
  readonly remaining: readonly string[] | null;
  /** It isn't there where it was never set. */
  readonly run_out_days?: number;
}

export const alertRules = jsonAs<OwnAlertRules, StoredRules>(
  ({ percent, remaining, run_out_days: runOutDays = null }) => ({
    percent,
    remaining: remaining && remaining.map((level) => new Amount(level)),
    runOutDays,
  }),
  ({ percent, remaining, runOutDays }) => ({
    percent,
    remaining: remaining && remaining.map(formatAmount),
    ...(runOutDays === null ? {} : { run_out_days: runOutDays }),
  }),
);

/** `[<milliseconds since 1970>, "<used until then>"]` */
type StoredSample = readonly [at: number, total: string];

export const usageSamples = jsonList<BurnRate['samples'][number], StoredSample>(
  ([at, total]) => ({ at, total: new Amount(total) }),
  ({ at, total }) => [at, formatAmount(total)],
);

/** `["<grant>", "<amount>"]` */
type StoredShare = readonly [grantId: string, amount: string];

export const grantShares = jsonList<GrantShare, StoredShare>(
  ([grantId, amount]) => ({ grantId, amount: new Amount(amount) }),
  ({ grantId, amount }) => [grantId, formatAmount(amount)],
);

/** `["<grant>" or null for debt, "<amount>", "<transaction>", "<refunded>" or absent for none]` */
type StoredDraw = readonly [grantId: string | null, amount: string, transactionId: string, refunded?: string];

export const draws: Kind<Draw[], readonly StoredDraw[]> = jsonList<Draw, StoredDraw>(
  ([grantId, amount, transactionId, refunded]) => ({
    grantId,
    amount: new Amount(amount),
    transactionId,
    refunded: refunded === undefined ? ZERO : new Amount(refunded),
  }),
  ({ grantId, amount, transactionId, refunded }) => {
    const draw = [grantId, formatAmount(amount), transactionId] as const;
    return refunded.isZero() ? draw : [...draw, formatAmount(refunded)];
  },
);

/** `[<milliseconds since 1970>, "<held from then on>"]` */
type StoredStep = readonly [at: number, held: string];

/** How a hold changed. */
export const holdSteps: Kind<HoldStep[], readonly StoredStep[]> = jsonList<HoldStep, StoredStep>(
  ([at, held]) => ({ at, held: new Amount(held) }),
  ({ at, held }) => [at, formatAmount(held)],
);

/**
 * `["<counter>", <start of the window, milliseconds since 1970>, "<reserved>", "<used>", "<used of the counter before>"]`; the last
 * two are absent as long as nothing was used. Of spending, the last one is `null`, and `"spending"` follows; `"pace"` follows where it stands for
 * a rate.
 */
type StoredReservation = readonly [
  counter: string,
  windowStart: number,
  amount: string,
  ...(
    | []
    | [used: string, first: string]
    | [used: string, first: null, of: 'spending']
    | [used: string, first: string, of: 'pace']
  ),
];

export const reservations = jsonList<Reservation, StoredReservation>(
  ([counter, windowStart, amount, used, first, of]) => ({
    of: of ?? 'quantity',
    counter,
    windowStart,
    amount: amountFrom(amount),
    used: used === undefined ? ZERO : amountFrom(used),
    first: first === undefined || first === null ? null : new Amount(first),
  }),
  ({ of, counter, windowStart, amount, used, first }) => {
    const reserved = [counter, windowStart, formatAmount(amount)] as const;
    if (of === 'spending') return [...reserved, formatAmount(used), null, of];
    if (of === 'pace') return [...reserved, formatAmount(used), formatAmount(first ?? ZERO), of];
    return first === null ? reserved : [...reserved, formatAmount(used), formatAmount(first)];
  },
);

function amountFrom(text: string): Amount {
  return text === '0' ? ZERO : new Amount(text);
}

/** A budget with its amounts as text. */
export type StoredBudget = Omit<Budget, 'amount' | 'expected' | 'raise'> & {
  readonly amount: string;
  readonly expected: string | null;
  readonly raise: (Omit<BudgetRaise, 'amount'> & { readonly amount: string }) | null;
};

export const budgets = jsonList<Budget, StoredBudget>(
  ({ amount, expected, raise, ...rest }) => ({
    ...rest,
    amount: new Amount(amount),
    expected: expected === null ? null : new Amount(expected),
    raise: raise && { ...raise, amount: new Amount(raise.amount) },
  }),
  ({ amount, expected, raise, ...rest }) => ({
    ...rest,
    amount: formatAmount(amount),
    expected: expected && formatAmount(expected),
    raise: raise && { ...raise, amount: formatAmount(raise.amount) },
  }),
);

/** Most accounts have none, and share one object. */
export const ownRules = jsonAs<OwnRules, JsonObject>(
  (stored) => (Object.keys(stored).length === 0 ? NO_OWN_RULES : ownRulesFrom(stored)),
  ownRulesJson,
);

export const restraints = jsonAs<readonly Restraint[], readonly JsonObject[]>(
  (stored) => (stored.length === 0 ? NO_RESTRAINTS : stored.map(restraintFrom)),
  (list) => list.map(restraintJson),
);

export const autoTopup = jsonAs<AutoTopup, JsonObject>(autoTopupFrom, autoTopupJson);

export const topupUnderWay = jsonAs<TopupUnderWay, Omit<TopupUnderWay, 'credits'> & { readonly credits: string }>(
  ({ credits, ...rest }) => ({ ...rest, credits: new Amount(credits) }),
  ({ credits, ...rest }) => ({ ...rest, credits: formatAmount(credits) }),
);

/** A request for a raise with its amount as text. */
type StoredRaiseRequest = Omit<PendingRaise, 'amount'> & { readonly amount: string };

export const raiseRequests = jsonList<PendingRaise, StoredRaiseRequest>(
  ({ amount, ...rest }) => ({ ...rest, amount: new Amount(amount) }),
  ({ amount, ...rest }) => ({ ...rest, amount: formatAmount(amount) }),
);

export const periodOrigin = jsonAs<PeriodOrigin, Stored<PeriodOrigin>>(originFrom, originJson);

export const recurringGrants = jsonList<RecurringGrant, Stored<RecurringGrant>>(recurringFrom, recurringJson);
