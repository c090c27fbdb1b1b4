import { beginningOf, periodAt, type Recurrence } from '#calendar';
import { prorated } from '../commitments.ts';
import {
  isSameRecurrence,
  recurrenceOf,
  type GrantedPeriod,
  type RecurringGrant,
  type RecurringTerms,
} from '../recurring.ts';

export interface Allowance {
  readonly name: string;
  readonly terms: RecurringTerms;
  /** When a period begins; `null`: when the allowance begins, or as the periods of the plan before. */
  readonly anchor: number | null;
  readonly plan: string;
  /** When it begins, by the account's clock. */
  readonly at: number;
  /** What the account has, or had, by this name. */
  readonly before: RecurringGrant | null;
  /** Whether it still has it. */
  readonly isLive: boolean;
  /** The allowance whose periods were those of the plan before. */
  readonly lead: RecurringGrant | null;
  readonly isProrated: boolean;
}

/** An allowance as an account gets it. */
export interface Begun {
  readonly one: RecurringGrant;
  /** The running period; `null` where its first period begins now. */
  readonly running: RunningPeriod | null;
}

export interface RunningPeriod extends Omit<GrantedPeriod, 'grant'> {
  /** Its number. */
  readonly index: number;
  /** Whether something of it was granted by this name before. */
  readonly isGranted: boolean;
}

/**
 * Begins an allowance, or goes on with the one of its name. Periods of a name never overlap: while one runs, the next begins at its end.
 * Where the plan before had periods of the same length, a prorated change and one at a period's end keep them.
 */
export function beginAllowance(asked: Allowance): Begun {
  const { before, isLive, lead, terms, at } = asked;
  if (before?.last && before.last.end > at) return goOn(asked, before, before.last);
  if (isLive && before && isSameRecurrence(before.terms, terms) && (asked.anchor ?? before.anchor) === before.anchor) {
    return { one: { ...allowance(asked), anchor: before.anchor, next: before.next }, running: null };
  }
  if (lead?.last && isSameRecurrence(lead.terms, terms)) {
    if (asked.isProrated && lead.last.end > at) return goOn(asked, lead, lead.last);
    if (lead.last.end === at) return { one: beginning(asked, asked.anchor ?? lead.anchor, at), running: null };
  }
  return { one: beginning(asked, asked.anchor ?? at, at), running: null };
}

/** The next period begins where the running one of this, or of the lead, ends. */
function goOn(asked: Allowance, other: RecurringGrant, { start, end }: GrantedPeriod): Begun {
  const anchor = isSameRecurrence(other.terms, asked.terms) ? other.anchor : end;
  const one = beginning(asked, asked.anchor ?? anchor, end);
  const index = periodAt(recurrenceOf(one), end) - 1;
  const isGranted = other === asked.before;
  const from = isGranted ? start : asked.at;
  const amount = prorated(asked.terms.amount, end - from, lengthOfPeriod({ ...recurrenceOf(one), anchor }, end));
  return { one, running: { index, start: from, end, amount, isGranted } };
}

/** Of the period that ends at this instant. */
function lengthOfPeriod(recurrence: Recurrence, end: number): number {
  return end - beginningOf(recurrence, periodAt(recurrence, end) - 1);
}

/** @param at when a period begins */
function beginning(asked: Allowance, anchor: number, at: number): RecurringGrant {
  const one = { ...allowance(asked), anchor };
  return { ...one, next: one.pausedAt === null ? { index: periodAt(recurrenceOf(one), at), at } : null };
}

function allowance({ name, terms, plan, at, before, isLive }: Allowance): RecurringGrant {
  const kept = isLive ? before : null;
  return {
    name,
    terms,
    plan,
    startsAt: kept?.startsAt ?? at,
    endsAt: null,
    anchor: at,
    pausedAt: kept?.pausedAt ?? null,
    notBefore: kept?.notBefore ?? at,
    deletedAt: null,
    next: null,
    last: before?.last ?? null,
    createdAt: kept?.createdAt ?? at,
  };
}
