import { Amount, type OwnAlertRules } from '#ledger';
import type { AlertsBody } from './alerts.body.ts';

/** The rules as they were given, in order; what wasn't given is `null`. */
export function givenRules({ percent, remaining }: AlertsBody): OwnAlertRules {
  return { percent: percent?.toSorted((a, b) => a - b) ?? null, remaining: remaining ? levelsOf(remaining) : null };
}

/** `5` and `5.0` are one level: told twice, it would be refused by the books. */
function levelsOf(given: readonly string[]): readonly Amount[] {
  const rising = given.map((level) => new Amount(level)).sort((a, b) => a.cmp(b));
  return rising.filter((level, at) => !rising[at - 1]?.eq(level));
}
