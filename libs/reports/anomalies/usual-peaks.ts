import { type Amount, ZERO } from '#amounts';
import type { AccountKey } from '#ledger';
import { ALL_USAGE } from './anomaly.ts';
import type { HoursOfAccount, UsedLately } from './read-hours.ts';
import { startOfDay, startOfHour, unusualBeyond } from './unusual-hour.ts';

interface Peaks {
  readonly day: number;
  /** No hour of the day is unusual that uses no more; `null`: none is. */
  readonly limits: ReadonlyMap<string, Amount | null>;
}

/** A process that looks at more accounts learns some of them anew. */
const ACCOUNTS_MAX = 100_000;

/**
 * From which amount on hours of today may be unusual, of accounts that were looked at today: four weeks of an account are read once a day, and
 * again only where there may be something to find.
 */
export class UsualPeaks {
  readonly #peaks = new Map<AccountKey, Peaks>();

  /** Whether it can be told without another look that none of these hours is unusual. */
  areQuiet(account: AccountKey, now: number, lately: readonly UsedLately[]): boolean {
    const known = this.#peaks.get(account);
    if (known?.day !== startOfDay(now)) return false;
    return withTotals(lately).every(({ hour, model, used }) => {
      const limit = known.limits.get(model) ?? null;
      return startOfDay(hour) === known.day && (limit === null || used.lte(limit));
    });
  }

  learn(account: AccountKey, now: number, { all, models }: HoursOfAccount): void {
    if (this.#peaks.size >= ACCOUNTS_MAX) this.#peaks.clear();
    const hour = startOfHour(now);
    const limits = new Map([...models].map(([model, usage]) => [model, unusualBeyond(usage, hour)] as const));
    limits.set(ALL_USAGE, unusualBeyond(all, hour));
    this.#peaks.set(account, { day: startOfDay(now), limits });
  }
}

function withTotals(lately: readonly UsedLately[]): readonly UsedLately[] {
  const totals = new Map<number, Amount>();
  for (const { hour, used } of lately) totals.set(hour, (totals.get(hour) ?? ZERO).plus(used));
  const named = lately.filter(({ model }) => model !== '');
  return [...named, ...[...totals].map(([hour, used]) => ({ hour, model: ALL_USAGE, used }))];
}
