import { Amount, ZERO } from '#amounts';
import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { attemptRead, queryable, type Queryable } from '#ledger-store';
import { HOUR_MS, startOfDay, startOfHour, USUAL_DAYS } from './unusual-hour.ts';

/** What an account used by hours: all of it, and by the models that were named. Settled commitments are no usage of an hour. */
export interface HoursOfAccount {
  readonly all: Map<number, Amount>;
  readonly models: Map<string, Map<number, Amount>>;
}

/** What was used in an hour, of all ('') or of a model. */
export interface UsedLately {
  readonly hour: number;
  readonly model: string;
  readonly used: Amount;
}

/** An account that used something in these two hours, or whose episode is under way. */
export interface LookedAtRow {
  readonly account_id: AccountKey;
  readonly environment: string;
  readonly external_id: string;
  readonly ahead_ms: string;
  /** Real time. */
  readonly now: Date;
  /** What was used in which of these hours, of which model. */
  readonly used: readonly (readonly [hour: number, model: string, amount: string])[];
  readonly is_under_way: boolean;
}

/** Hours of UTC, whatever the session's time zone. */
const HOUR = `date_bin('1 hour', slot, '2000-01-01Z')`;
const IS_OF_AN_HOUR = `model <> '(commitment)'`;

interface HourRow {
  readonly hour: Date;
  readonly model: string;
  readonly used: string;
}

/** Accounts in the order of their keys. */
export async function findLookedAt(pool: Pool): Promise<readonly LookedAtRow[]> {
  return attemptRead(async () => {
    const { rows } = await queryable(pool).query<LookedAtRow>(
      `with clock as materialized (select clock_timestamp() as now),
      lately as (
        select account_id, ${HOUR} as hour, model, sum(paid + promotional + included + debt)::text as used
        from usage_slots, clock where slot >= clock.now - interval '2 hours' and ${IS_OF_AN_HOUR} group by 1, 2, 3
      ),
      used as (
        select account_id, jsonb_agg(jsonb_build_array(extract(epoch from hour) * 1000, model, used)) as used
        from lately group by 1
      ),
      under_way as (select distinct account_id from anomalies where ended_at is null)
      select a.account_id, a.environment, a.external_id, clock.now, coalesce(
        (select ahead_ms from test_clocks t where t.environment = a.environment and t.number = a.test_clock), 0
      ) as ahead_ms, coalesce(used.used, '[]') as used, under_way.account_id is not null as is_under_way
      from clock, used full join under_way using (account_id) join accounts a using (account_id)
      where a.status <> 'closed' order by a.account_id`,
    );
    return rows;
  });
}

/** What an account used in the hour under way and the one before, by its clock. */
export function usedLately({ used }: LookedAtRow, now: number): readonly UsedLately[] {
  return used
    .filter(([hour]) => hour >= startOfHour(now) - HOUR_MS)
    .map(([hour, model, amount]) => ({ hour, model, used: new Amount(amount) }));
}

/** All that is needed to judge hours from then on. */
export async function readHours(database: Queryable, account: AccountKey, from: number): Promise<HoursOfAccount> {
  const first = startOfDay(from) - USUAL_DAYS * 24 * HOUR_MS;
  const { rows } = await database.query<HourRow>(
    `select ${HOUR} as hour, model, sum(paid + promotional + included + debt)::text as used
    from usage_slots where account_id = $1 and slot >= $2 and ${IS_OF_AN_HOUR} group by 1, 2`,
    [account, new Date(first)],
  );
  const hours: HoursOfAccount = { all: new Map(), models: new Map() };
  for (const { hour, model, used } of rows) {
    const at = hour.getTime();
    add(hours.all, at, used);
    if (model === '') continue;
    const ofModel = hours.models.get(model) ?? new Map<number, Amount>();
    hours.models.set(model, ofModel);
    add(ofModel, at, used);
  }
  return hours;
}

function add(hours: Map<number, Amount>, at: number, used: string): void {
  hours.set(at, (hours.get(at) ?? ZERO).plus(new Amount(used)));
}
