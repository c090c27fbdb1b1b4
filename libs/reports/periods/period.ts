import type { JsonObject } from '#amounts';

export type PeriodStatus = 'open' | 'closing' | 'closed';
/** What a close is doing, in this order. */
export type CloseStep = 'sweeping' | 'rolling_up' | 'chaining' | 'closing';

/** One closing of a month: it is kept, also where the month was reopened since. */
export interface Closing {
  readonly month: string;
  readonly version: number;
  /** Hexadecimal: it depends on the journal up to then, on what was sealed, and on every closing before. */
  readonly hash: string;
  readonly previousHash: string;
  readonly sealed: SealedClosing;
  /** The public id of the key; `null`: nobody's. */
  readonly closedBy: string | null;
  /** Milliseconds since 1970, real time, as all of these. */
  readonly closedAt: number;
  readonly reopened: { readonly by: string | null; readonly at: number; readonly reason: string } | null;
}

/** What the hash of a closing covers beside the accounts' chains. */
export interface SealedClosing extends JsonObject {
  readonly environment: string;
  readonly number: number;
  readonly month: string;
  readonly version: number;
  readonly time_zone: string;
  readonly from: string;
  readonly to: string;
  readonly closed_at: string;
  readonly accounts: number;
  /** By unit, then by account of the books: credits less debits, as decimal text. */
  readonly totals: JsonObject;
  readonly settings: JsonObject;
  /** SHA-256 of each report, by its name and format, like `credit-rollforward.csv`. */
  readonly reports: Readonly<Record<string, string>>;
}

/** A month of an environment, by the calendar of its time zone. */
export interface PeriodState {
  readonly month: string;
  readonly status: PeriodStatus;
  readonly from: number;
  readonly to: number;
  /** Of a close that is under way or has failed. */
  readonly progress: {
    readonly step: CloseStep;
    readonly done: number;
    readonly total: number;
    readonly failure: string | null;
    readonly startedAt: number;
  } | null;
  /** The newest first. */
  readonly closings: readonly Closing[];
}

/** Why a month isn't closed or reopened. */
export type PeriodRefusal =
  | { readonly code: 'period_not_over'; readonly until: number }
  /** `next`: the month that is closed next. */
  | { readonly code: 'period_out_of_order'; readonly next: string }
  | { readonly code: 'period_not_closed' }
  | { readonly code: 'period_close_failed'; readonly failure: string };

/** The month after another, like `2027-01` after `2026-12`. */
export function nextMonth(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return number === 12 ? `${String(year + 1)}-01` : `${String(year)}-${String(number + 1).padStart(2, '0')}`;
}

export interface ClosableFacts {
  readonly month: string;
  /** When it ends. */
  readonly to: number;
  /** The time of the slowest clock of an account of the environment. */
  readonly now: number;
  /** The month of the environment's first account. */
  readonly first: string;
  /** `null`: none is closed. */
  readonly lastClosed: string | null;
}

/** Why a month can't be closed now; `null` where it can, or is. */
export function whyNotClosable({ month, to, now, first, lastClosed }: ClosableFacts): PeriodRefusal | null {
  const next = lastClosed === null ? first : nextMonth(lastClosed);
  if (lastClosed !== null && month <= lastClosed) return null;
  if (now < to) return { code: 'period_not_over', until: to };
  return month === next || (lastClosed === null && month < first) ? null : { code: 'period_out_of_order', next };
}
