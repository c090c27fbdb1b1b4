import { canonicalJson } from '#amounts';
import type { OfRecurringGrant, PutRecurringGrant } from '../commands.ts';
import {
  isSameRecurrence,
  liveRecurring,
  MAX_RECURRING_GRANTS,
  periodBeginningFrom,
  periodFrom,
  remembered,
  type NextPeriod,
  type RecurringGrant,
  type RecurringTerms,
} from '../recurring.ts';
import { recurringJson } from '../recurring-json.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { findAccount, findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { emit, grantData } from './emit.ts';
import { setRefills } from './set-refills.ts';
import { grantPeriods } from './settle-recurring.ts';

/** A recurring grant as one decision left it. */
export interface RecurringDecision {
  /** The account's own id. */
  readonly account: string;
  readonly recurring: RecurringGrant;
  /** False where it was there before. */
  readonly created: boolean;
  /** By the account's clock, in milliseconds since 1970. */
  readonly asOf: number;
}

/** Deleted ones whose last period isn't over are kept too. */
const KEPT_MAX = 5 * MAX_RECURRING_GRANTS;

/**
 * Gives an account a recurring grant, or changes the one it has by this name from the next period on. A period that has begun is granted
 * at once. No period begins before one of the same name is over, whether or not it was deleted since.
 */
export function putRecurringGrant(context: DecisionContext, command: PutRecurringGrant): Outcome<RecurringDecision> {
  const found = findOpenAccount(context, command.account);
  if (!found.ok) return found;
  const account = found.value;
  const recurring = remembered(account.refills.recurring, timeOf(context, account));
  const earlier = recurring.find(({ name }) => name === command.name);
  const isThere = earlier?.deletedAt === null;
  if (!isThere && (liveRecurring(recurring).length >= MAX_RECURRING_GRANTS || recurring.length >= KEPT_MAX)) {
    return refused({ code: 'too_many_recurring_grants', account: command.account.id, limit: MAX_RECURRING_GRANTS });
  }
  const now = timeOf(context, account);
  const terms = { ...command.terms, timeZone: command.terms.timeZone ?? account.account.terms.timeZone };
  const put = isThere ? changed(earlier, command, terms, now) : begun(earlier, command, terms, now);
  if (isThere && isSame(put, earlier)) return decided(context, account, earlier, false);
  replace(context, account, put);
  return decided(context, account, grantBegun(context, account, put), !isThere);
}

/** Takes a recurring grant away. What was granted stays. */
export function deleteRecurringGrant(context: DecisionContext, ref: OfRecurringGrant): Outcome<RecurringDecision> {
  const found = find(context, ref);
  if (!found.ok) return found;
  const { account, one } = found.value;
  const deleted = { ...one, next: null, pausedAt: null, deletedAt: timeOf(context, account) };
  replace(context, account, deleted);
  return decided(context, account, deleted, false);
}

/** Grants no period that begins until it is resumed. */
export function pauseRecurringGrant(context: DecisionContext, ref: OfRecurringGrant): Outcome<RecurringDecision> {
  const found = find(context, ref);
  if (!found.ok) return found;
  const { account, one } = found.value;
  if (one.pausedAt !== null) return decided(context, account, one, false);
  const paused = { ...one, next: null, pausedAt: timeOf(context, account) };
  replace(context, account, paused);
  return decided(context, account, paused, false);
}

/** Grants the periods that begin from now on. Those that began while it was paused are never granted. */
export function resumeRecurringGrant(context: DecisionContext, ref: OfRecurringGrant): Outcome<RecurringDecision> {
  const found = find(context, ref);
  if (!found.ok) return found;
  const { account, one } = found.value;
  if (one.pausedAt === null) return decided(context, account, one, false);
  const now = timeOf(context, account);
  const from = earliestStart(one);
  const next = from >= now ? periodFrom(one, from) : periodBeginningFrom(one, now);
  const resumed = { ...one, pausedAt: null, notBefore: next.at, next: unlessEnded(one, next) };
  replace(context, account, resumed);
  return decided(context, account, grantBegun(context, account, resumed), false);
}

/** No period of an account that is closed begins any more. */
export function endRecurringGrants(context: DecisionContext, account: AccountState): void {
  const { recurring } = account.refills;
  if (recurring.every(({ next, pausedAt }) => next === null && pausedAt === null)) return;
  const now = timeOf(context, account);
  const ended = recurring.map((one) => ({
    ...one,
    next: null,
    pausedAt: null,
    endsAt: Math.min(one.endsAt ?? now, now),
  }));
  setRefills(context, account, { ...account.refills, recurring: ended });
}

function begun(
  earlier: RecurringGrant | undefined,
  command: PutRecurringGrant,
  terms: RecurringTerms,
  now: number,
): RecurringGrant {
  const startsAt = command.startsAt ?? now;
  const last = earlier?.last ?? null;
  const one = {
    name: command.name,
    terms,
    plan: command.plan ?? null,
    startsAt,
    endsAt: command.endsAt,
    anchor: command.anchor ?? Math.max(startsAt, last?.end ?? startsAt),
    pausedAt: null,
    deletedAt: null,
    notBefore: now,
    last,
    createdAt: now,
  };
  return { ...one, next: unlessEnded(one, periodFrom(one, earliestStart(one))) };
}

/** What is given anew counts from the next period on; what isn't given of when it starts stays. */
function changed(
  earlier: RecurringGrant,
  command: PutRecurringGrant,
  terms: RecurringTerms,
  now: number,
): RecurringGrant {
  const startsAt = command.startsAt ?? earlier.startsAt;
  const restart = Math.max(startsAt, earlier.last?.end ?? startsAt);
  const keepsAnchor = startsAt === earlier.startsAt && isSameRecurrence(earlier.terms, terms);
  const one = {
    ...earlier,
    terms,
    plan: command.plan ?? null,
    startsAt,
    endsAt: command.endsAt,
    anchor: command.anchor ?? (keepsAnchor ? earlier.anchor : restart),
  };
  if (one.pausedAt !== null) return one;
  return { ...one, next: unlessEnded(one, periodFrom(one, Math.max(earliestStart(one), now))) };
}

/** The earliest instant at which a period may begin. */
function earliestStart({ startsAt, notBefore, last }: Pick<RecurringGrant, 'startsAt' | 'notBefore' | 'last'>): number {
  return Math.max(startsAt, notBefore, last?.end ?? notBefore);
}

function unlessEnded({ endsAt }: Pick<RecurringGrant, 'endsAt'>, next: NextPeriod): NextPeriod | null {
  return endsAt !== null && next.at >= endsAt ? null : next;
}

/** Whether nothing would change. */
function isSame(a: RecurringGrant, b: RecurringGrant): boolean {
  return canonicalJson(recurringJson(a)) === canonicalJson(recurringJson(b));
}

function find(
  context: DecisionContext,
  { account: ref, name }: OfRecurringGrant,
): Outcome<{ readonly account: AccountState; readonly one: RecurringGrant }> {
  const account = findAccount(context, ref);
  if (!account) return refused({ code: 'account_not_found', account: ref.id });
  const one = liveRecurring(account.refills.recurring).find((each) => each.name === name);
  return one ? accepted({ account, one }) : refused({ code: 'recurring_grant_not_found' });
}

/** Puts a recurring grant in the place of the one of its name. */
function replace(context: DecisionContext, account: AccountState, one: RecurringGrant): void {
  const now = timeOf(context, account);
  const known = remembered(account.refills.recurring, now);
  const isThere = known.some(({ name }) => name === one.name);
  const all = isThere ? known.map((each) => (each.name === one.name ? one : each)) : [...known, one];
  setRefills(context, account, { ...account.refills, recurring: remembered(all, now) });
}

/** Grants the period that begins now, if one does. @returns the recurring grant as it is then */
function grantBegun(context: DecisionContext, account: AccountState, one: RecurringGrant): RecurringGrant {
  const now = timeOf(context, account);
  if (!one.next || one.next.at > now) return one;
  for (const grant of grantPeriods(context, account, now)) emit(context, account, 'grant.created', grantData(grant));
  return account.refills.recurring.find(({ name }) => name === one.name) ?? one;
}

function decided(
  context: DecisionContext,
  account: AccountState,
  recurring: RecurringGrant,
  created: boolean,
): Outcome<RecurringDecision> {
  return accepted({ account: account.account.id, recurring, created, asOf: timeOf(context, account) });
}
