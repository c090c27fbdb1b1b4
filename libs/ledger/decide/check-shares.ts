import { atLeastZero, type Amount, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import { burnPerMinute } from '../burn-rate.ts';
import type { Counter } from '../counters.ts';
import type { SpanLimitExceeded } from '../refusals.ts';
import type { Exhausted, SpanLimit } from '../span-limits.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';
import type { Limit, Limits, SpendingWindow } from './limit.ts';

interface ShareLimit extends Limit {
  refusal(required: Amount): SpanLimitExceeded | null;
}

interface ShareLimits extends Pick<Limits, 'windows'> {
  /** Their room is `null` as long as the limit may have more for the account than its share. */
  readonly checks: readonly ShareLimit[];
}

const NONE: ShareLimits = { checks: [], windows: [] };

/**
 * The limits over many accounts that a request falls under. What the account's shares suffice for is decided on them alone.
 * Otherwise the refusal says what has to be leased first, unless it is known that nothing more is to be had.
 */
export function shareLimits(
  context: DecisionContext,
  account: AccountState,
  { keyId, at }: { readonly keyId: string | null; readonly at: number },
): ShareLimits {
  const limits = limitsKnown(context, account, keyId).filter(({ since }) => since <= at);
  return ofShares(context, account, limits, at);
}

/** Those that an open authorization counts for, when it asks for more. One that was set after it was made doesn't count it. */
export function shareLimitsOfMore(
  context: DecisionContext,
  account: AccountState,
  { keyId, createdAt, reservations }: Authorization,
): ShareLimits {
  const limits = limitsKnown(context, account, keyId);
  const counting = limits.filter(({ id }) => reservations.some(({ counter }) => counter === id));
  return ofShares(context, account, counting, createdAt);
}

function limitsKnown(
  { rules }: DecisionContext,
  { account: { environment, unit } }: AccountState,
  keyId: string | null,
): readonly SpanLimit[] {
  return rules.spanLimits.of(environment, keyId, unit);
}

function ofShares(
  context: DecisionContext,
  account: AccountState,
  limits: readonly SpanLimit[],
  at: number,
): ShareLimits {
  if (limits.length === 0) return NONE;
  const shares = limits.map((limit) => ({ limit, at, share: account.counters.at(limit.id, at) }));
  return {
    checks: shares.map((one) => ({
      room: exhaustedOf(context, one) ? roomOf(one) : null,
      refusal: (required) => refusalOf(context, account, one, required),
    })),
    windows: shares.flatMap(({ share }) => (share ? [windowOf(share)] : [])),
  };
}

interface Share {
  readonly limit: SpanLimit;
  readonly at: number;
  /** `undefined` where the account was never leased anything in this window. */
  readonly share: Counter | undefined;
}

/** What is left of a share; below zero where commits took more than was held. */
function roomOf({ share }: Pick<Share, 'share'>): Amount {
  return share ? (share.granted ?? ZERO).minus(share.used).minus(share.reserved) : ZERO;
}

/** What is known of a limit that has run out. */
function exhaustedOf(
  { exhausted, rules }: DecisionContext,
  { limit, at }: Omit<Share, 'share'>,
): Exhausted | undefined {
  const known = exhausted ?? rules.spanLimits.exhausted;
  return known.find((one) => one.limit === limit.id && one.amount.eq(limit.amount) && contains(one, at));
}

function windowOf(share: Counter): SpendingWindow {
  const { counter, windowStart: start, windowEnd: end, granted, name, value } = share;
  return { counter, kind: 'share', name, value, window: { start, end }, limit: granted };
}

/**
 * What costs nothing is never too much. But without a share nothing can be reserved, not even nothing: what is used later would count
 * nowhere.
 */
function refusalOf(
  context: DecisionContext,
  account: AccountState,
  { limit, at, share }: Share,
  required: Amount,
): SpanLimitExceeded | null {
  const room = roomOf({ share });
  if (share && (required.lte(room) || required.isZero())) return null;
  const exhausted = exhaustedOf(context, { limit, at });
  if (exhausted && required.minus(room).gt(exhausted.left)) return refused(account, limit, required, exhausted);
  const wants = {
    limit: limit.id,
    accountKey: account.account.key,
    at,
    required,
    least: required,
    room,
    granted: share?.granted ?? ZERO,
    perMinute: burnPerMinute(account.account.burnRate, timeOf(context, account)),
  };
  return { ...refused(account, limit, required, null), wants };
}

function contains({ window: { start, end } }: Exhausted, at: number): boolean {
  return start <= at && (end === null || at < end);
}

function refused(
  account: AccountState,
  { kind, amount }: SpanLimit,
  required: Amount,
  exhausted: Exhausted | null,
): SpanLimitExceeded {
  const { spent, held, window } = exhausted ?? { spent: ZERO, held: ZERO, window: { end: null } };
  return {
    code: kind === 'key' ? 'key_limit_exceeded' : 'environment_limit_exceeded',
    account: account.account.id,
    required,
    limit: amount,
    spent,
    held,
    resetsAt: window.end,
    retryAfterSeconds: required.lte(atLeastZero(amount.minus(spent))) && held.gt(ZERO) ? usualSeconds(account) : null,
    expiryIsExact: true,
    wants: null,
  };
}

/** When a hold that is open now will probably have settled. */
function usualSeconds({ account: { holdLifetimeMs } }: AccountState): number {
  return Math.max(Math.ceil((holdLifetimeMs ?? 0) / 1000), 1);
}
