import { Amount } from '#amounts';
import type { OwnAlertRules } from '#ledger';
import type { AlertsBody } from './alerts.body.ts';

/** The rules as they were given, in order; what wasn't given is `null`. */
export function givenRules({ percent, remaining, run_out_days: runOutDays }: AlertsBody): OwnAlertRules {
  return {
    percent: percent?.toSorted((a, b) => a - b) ?? null,
    remaining: remaining?.map((level) => new Amount(level)).sort((a, b) => a.cmp(b)) ?? null,
    runOutDays: runOutDays ?? null,
  };
}
