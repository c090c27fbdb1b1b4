import { Amount, formatAmount, ZERO } from '#amounts';
import { windowOf } from '#calendar';
import { hashedUuid } from '#pricing';
import { TOPUP_CAP_PERIODS, type AutoTopup, type TopupCap, type TopupOrder } from '../auto-topup.ts';
import type { Counter } from '../counters.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { emit } from './emit.ts';
import { between, openWindow } from './windows.ts';

/** What is counted: purchases, and their credits without bonus. */
const COUNTED = ['count', 'amount'] as const;
type Counted = (typeof COUNTED)[number];

const ONE = new Amount(1);

/** A purchase as caps count it. */
export type CountedPurchase = Pick<TopupOrder, 'credits'> & { readonly createdAt: number };

/**
 * Says until when a rule's cap keeps it from buying, and emits it once in each window.
 *
 * @returns milliseconds since 1970, by the account's clock; `null` where it may buy now
 */
export function waitForCap(
  context: DecisionContext,
  account: AccountState,
  rule: AutoTopup,
  order: TopupOrder,
): number | null {
  const { maxPerPeriod: cap } = rule;
  if (cap === null) return null;
  const reached = COUNTED.find((of) => {
    const limit = limitOf(cap, of);
    return (
      limit !== null &&
      countedIn(windowAt(account, cap, of, timeOf(context, account)))
        .plus(countOf(order, of))
        .gt(limit)
    );
  });
  if (reached === undefined) return null;
  const window = openWindowAt(context, account, rule, cap, 'count');
  if (!window.exceeded) {
    window.exceeded = true;
    context.changes.counters.update(window);
    emitCapReached(context, account, { cap, reached, window });
  }
  return window.windowEnd;
}

/** Counts a purchase that a rule begins, in all windows that it falls into. */
export function reserveOfCaps(
  context: DecisionContext,
  account: AccountState,
  rule: AutoTopup,
  purchase: CountedPurchase,
): void {
  if (rule.maxPerPeriod) for (const of of COUNTED) openWindowAt(context, account, rule, rule.maxPerPeriod, of);
  for (const window of windowsOf(account, purchase)) {
    window.reserved = window.reserved.plus(countOf(purchase, window.name));
    window.open = true;
    context.changes.counters.update(window);
  }
}

/**
 * Counts what has become of a purchase that a rule began. One that had failed, and is paid all the same, was counted no more.
 *
 * @param wasUnderWay whether it was counted until now
 */
export function settleCaps(
  context: DecisionContext,
  account: AccountState,
  purchase: CountedPurchase,
  { isPaid, wasUnderWay }: { readonly isPaid: boolean; readonly wasUnderWay: boolean },
): void {
  for (const window of windowsOf(account, purchase)) {
    const counted = countOf(purchase, window.name);
    if (wasUnderWay) window.reserved = window.reserved.minus(counted);
    if (isPaid) window.used = window.used.plus(counted);
    context.changes.counters.update(window);
  }
}

function emitCapReached(
  context: DecisionContext,
  account: AccountState,
  { cap, reached, window }: { readonly cap: TopupCap; readonly reached: Counted; readonly window: Counter },
): void {
  const { windowStart, windowEnd } = window;
  emit(context, account, 'topup.cap_reached', {
    cap: reached,
    period: cap.period,
    window: {
      start: new Date(windowStart).toISOString(),
      end: new Date(windowEnd ?? Number.NaN).toISOString(),
    },
    limit: formatAmount(limitOf(cap, reached) ?? ONE),
    bought: formatAmount(countedIn(windowAt(account, cap, reached, timeOf(context, account)))),
  });
}

function limitOf(cap: TopupCap, of: Counted): Amount | null {
  if (of === 'amount') return cap.amount;
  return cap.count === null ? null : new Amount(cap.count);
}

function countOf({ credits }: Pick<TopupOrder, 'credits'>, of: string | null): Amount {
  return of === 'amount' ? credits : ONE;
}

function countedIn(window: Counter | undefined): Amount {
  return window ? window.used.plus(window.reserved) : ZERO;
}

/** One for each period and what is counted, however often a rule changes. */
const COUNTERS = Object.fromEntries(
  TOPUP_CAP_PERIODS.map((period) => [
    period,
    Object.fromEntries(COUNTED.map((of) => [of, hashedUuid(JSON.stringify(['topup', of, period]))])),
  ]),
) as Record<TopupCap['period'], Record<Counted, string>>;

function windowAt(account: AccountState, { period }: TopupCap, of: Counted, at: number): Counter | undefined {
  return account.counters.at(COUNTERS[period][of], at);
}

/** The window of now. The first one begins when the cap was set: nothing that was bought before counts. */
function openWindowAt(
  context: DecisionContext,
  account: AccountState,
  { cappedSince }: AutoTopup,
  cap: TopupCap,
  of: Counted,
): Counter {
  const now = timeOf(context, account);
  const found = windowAt(account, cap, of, now);
  if (found) return found;
  const counter = COUNTERS[cap.period][of];
  const usual = windowOf(cap.period, account.account.terms.timeZone, now);
  const { start, end } = between(account.counters.windowsOf(counter), usual, now);
  const window = { start: Math.max(start, cappedSince ?? now), end };
  return openWindow(context, account, window, { counter, kind: 'topup', name: of, value: null });
}

/** Also those of caps that the rule had before: they count everything that was bought in them. */
function windowsOf(account: AccountState, { createdAt }: CountedPurchase): Counter[] {
  return account.counters
    .all()
    .filter(
      ({ kind, windowStart, windowEnd }) =>
        kind === 'topup' && windowStart <= createdAt && (windowEnd === null || createdAt < windowEnd),
    );
}
