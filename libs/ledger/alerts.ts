import { atLeastZero, ZERO, type Amount } from '#amounts';
import { percentOf } from './percent.ts';

/** When a balance is worth an alert. Lists rise and have no number twice. */
export interface AlertRules {
  /** Percentages of the last fill that have been used: `[50, 75, 90, 100]`. */
  readonly percent: readonly number[];
  /** Balances: an alert is sent when what is posted falls to one of them. */
  readonly remaining: readonly Amount[];
  /** An alert is sent when the credits are forecast to run out within so many days; 0: never. */
  readonly runOutDays: number;
}

/** What an account sets for itself; it follows its environment in what is `null`. */
export type OwnAlertRules = { readonly [List in keyof AlertRules]: AlertRules[List] | null };

export const DEFAULT_ALERT_RULES: AlertRules = { percent: [50, 75, 90, 100], remaining: [], runOutDays: 7 };

/** More than this much beyond the last fill is nobody's threshold: an account may be overdrawn, but not without end. */
export const ALERT_PERCENT_MAX = 1000;
export const ALERT_THRESHOLDS_MAX = 20;
/** A forecast looks no further. */
export const RUN_OUT_DAYS_MAX = 60;

/** What an account's alerts remember between decisions. */
export interface AlertState {
  rules: OwnAlertRules;
  /** 100 %: what was posted right after the last fill, plus promotional grants since; more, where refunds brought it above that. */
  basis: Amount;
  /** How many fills there were. Each arms all percentages anew. */
  epoch: number;
  /** The highest percentage for which an alert was sent in this epoch; 0: none. */
  percent: number;
  /** How often the balance has risen. Each time arms the levels anew that it rose above, whichever they are by then. */
  arming: number;
}

/** Grants that have come into effect since an account's alerts were last looked at. */
export interface Entering {
  /** Whether any of them is a fill: paid, or included in a plan. */
  readonly isFill: boolean;
  /** What the promotional ones bring. */
  readonly bonus: Amount;
}

export function noAlertState(): AlertState {
  return { rules: { percent: null, remaining: null, runOutDays: null }, basis: ZERO, epoch: 0, percent: 0, arming: 0 };
}

export function effectiveRules(own: OwnAlertRules, environments: AlertRules = DEFAULT_ALERT_RULES): AlertRules {
  return {
    percent: own.percent ?? environments.percent,
    remaining: own.remaining ?? environments.remaining,
    runOutDays: own.runOutDays ?? environments.runOutDays,
  };
}

/** The percentages that are reached, inclusively, and for which none was sent in this epoch. None where there is no basis. */
export function percentagesReached({ percent }: AlertRules, state: AlertState, posted: Amount): readonly number[] {
  if (!state.basis.gt(ZERO)) return [];
  const used = state.basis.minus(posted).times(100);
  return percent.filter((threshold) => threshold > state.percent && used.gte(state.basis.times(threshold)));
}

/** The levels that the balance has fallen to. */
export function levelsReached({ remaining }: AlertRules, before: Amount, after: Amount): readonly Amount[] {
  return remaining.filter((level) => before.gt(level) && after.lte(level));
}

/** How much of the basis is used, in percent with at most two decimals; 0 where there is no basis, and where more is posted. */
export function percentUsed({ basis }: AlertState, posted: Amount): string {
  if (!basis.gt(ZERO)) return '0';
  return percentOf(atLeastZero(basis.minus(posted)), basis);
}
