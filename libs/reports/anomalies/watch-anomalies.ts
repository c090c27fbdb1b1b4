import { formatAmount } from '#amounts';
import type { Pool } from '#database';
import { newOwnedUuid, publicId, type AccountRef } from '#ledger';
import { attemptRead, queryable, transact, type Engine, type Queryable } from '#ledger-store';
import { eachAccount } from '../each-account.ts';
import { tellOnce } from '../tell-once.ts';
import { ALL_USAGE, anomalyFromRow, type Anomaly, type AnomalyRow } from './anomaly.ts';
import { followEpisodes, type Look, type Step } from './follow-episodes.ts';
import { findLookedAt, readHours, usedLately, type HoursOfAccount, type LookedAtRow } from './read-hours.ts';
import type { UsualPeaks } from './usual-peaks.ts';
import { HOUR_MS, judgeHour, startOfHour, type HourlyUsage, type JudgedHour } from './unusual-hour.ts';

export interface AnomalyWatch {
  readonly engine: Pick<Engine, 'submit'>;
  readonly pool: Pool;
  /** The least time between two looks that count as two, in real time. */
  readonly betweenLooksMs: number;
  /** What it knows of accounts from earlier looks. */
  readonly peaks: UsualPeaks;
  /** Is told of each account that failed. */
  readonly logError: (line: string) => void;
}

/**
 * Looks at the hours of accounts that use something, follows their episodes, and tells of new ones. Several workers may do so at the same
 * time.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 * @throws Error at the end, where an account failed
 */
export async function watchAnomalies(watch: AnomalyWatch): Promise<void> {
  const { pool, logError } = watch;
  const what = 'The look for anomalies';
  const failed = await eachAccount(await findLookedAt(pool), (row) => watchAccount(watch, row), { what, logError });
  const untold = await tellUntold(watch);
  if (failed + untold > 0) throw new Error(`${String(failed)} accounts and ${String(untold)} events failed`);
}

async function watchAccount({ pool, betweenLooksMs, peaks }: AnomalyWatch, row: LookedAtRow): Promise<void> {
  const realNow = row.now.getTime();
  const now = realNow + Number(row.ahead_ms);
  if (!row.is_under_way && peaks.areQuiet(row.account_id, now, usedLately(row, now))) return;
  await transact(pool, async (database) => {
    const underWay = await underWayOf(database, row);
    const hours = hoursToJudge(now, underWay);
    const usage = await readHours(database, row.account_id, Math.min(...hours));
    peaks.learn(row.account_id, now, usage);
    const looks = looksAt(usage, hours);
    const steps = followEpisodes({ looks, underWay, now, realNow, betweenLooksMs });
    for (const step of steps) await carryOut(database, row, step);
  });
}

/** Locked, so that of two workers one finds what the other has done. */
async function underWayOf(database: Queryable, { account_id: account }: LookedAtRow): Promise<readonly Anomaly[]> {
  const { rows } = await database.query<AnomalyRow>(
    'select * from anomalies where account_id = $1 and ended_at is null for update',
    [account],
  );
  return rows.map(anomalyFromRow);
}

/** The hour under way, the one before, because some of it may have come since the last look, and those that are suspected. */
function hoursToJudge(now: number, underWay: readonly Anomaly[]): readonly number[] {
  const current = startOfHour(now);
  const suspected = underWay.filter(({ state }) => state === 'suspected').map(({ startedAt }) => startedAt);
  return [...new Set([...suspected, current - HOUR_MS, current])].toSorted((a, b) => a - b);
}

function looksAt({ all, models }: HoursOfAccount, hours: readonly number[]): readonly Look[] {
  const ofModels = [...models].map(([model, usage]) => ({ model, hours: judged(usage, hours) }));
  return [{ model: null, hours: judged(all, hours) }, ...ofModels];
}

function judged(usage: HourlyUsage, hours: readonly number[]): readonly JudgedHour[] {
  const from = Math.min(...usage.keys());
  return hours.flatMap((hour) => judgeHour(usage, hour, from) ?? []);
}

async function carryOut(database: Queryable, { account_id: account, environment }: LookedAtRow, step: Step) {
  switch (step.type) {
    case 'suspect': {
      const { hour, used, usual, threshold } = step.hour;
      await database.query(
        `insert into anomalies (account_id, id, environment, model, state, started_at, last_hour, peak, used, usual, threshold, looked_at)
        values ($1, $2, $3, $4, 'suspected', $5, $5, $5, $6, $7, $8, clock_timestamp()) on conflict do nothing`,
        [
          account,
          newOwnedUuid(Date.now(), account),
          environment,
          step.model ?? ALL_USAGE,
          new Date(hour),
          ...[used, usual, threshold].map(formatAmount),
        ],
      );
      return;
    }
    case 'forget':
      await database.query('delete from anomalies where account_id = $1 and id = $2', [account, step.anomaly.id]);
      return;
    case 'end':
      await database.query(
        `update anomalies set ended_at = last_hour + interval '1 hour', looked_at = clock_timestamp()
        where account_id = $1 and id = $2`,
        [account, step.anomaly.id],
      );
      return;
    case 'open':
      await update(database, step.anomaly, { state: 'open', lastHour: step.hour.hour, peak: step.hour });
      return;
    case 'go_on':
      await update(database, step.anomaly, { state: step.anomaly.state, lastHour: step.lastHour, peak: step.peak });
  }
}

async function update(
  database: Queryable,
  { accountKey, id, peak: before, used, usual, threshold }: Anomaly,
  { state, lastHour, peak }: Pick<Anomaly, 'state' | 'lastHour'> & { readonly peak: JudgedHour | null },
): Promise<void> {
  const highest = peak ?? { hour: before, used, usual, threshold };
  await database.query(
    `update anomalies set state = $3, last_hour = $4, peak = $5, used = $6, usual = $7, threshold = $8, looked_at = clock_timestamp()
    where account_id = $1 and id = $2`,
    [
      accountKey,
      id,
      state,
      new Date(lastHour),
      new Date(highest.hour),
      ...[highest.used, highest.usual, highest.threshold].map(formatAmount),
    ],
  );
}

type UntoldRow = AnomalyRow & Pick<LookedAtRow, 'environment' | 'external_id'>;

/** Those that were found now, and those that a worker has found which ended before it told. @returns how many failed */
async function tellUntold({ engine, pool, logError }: AnomalyWatch): Promise<number> {
  const { rows } = await attemptRead(() =>
    queryable(pool).query<UntoldRow>(
      `select n.*, a.environment, a.external_id from anomalies n join accounts a using (account_id)
      where n.state <> 'suspected' and not n.is_told order by n.id`,
    ),
  );
  const tell = async (row: UntoldRow): Promise<void> => {
    const anomaly = anomalyFromRow(row);
    const account: AccountRef = { environment: row.environment, id: row.external_id, key: row.account_id };
    await tellOnce(engine, account, { type: 'anomaly.opened', data: openedData(anomaly) }, anomaly.id);
    await transact(pool, (database) =>
      database.query('update anomalies set is_told = true where account_id = $1 and id = $2', [row.account_id, row.id]),
    );
  };
  return eachAccount(rows, tell, { what: 'The event of an anomaly', logError });
}

function openedData({ id, model, peak, used, usual, threshold }: Anomaly) {
  return {
    anomaly: publicId('anomaly', id),
    model,
    window: { start: new Date(peak).toISOString(), end: new Date(peak + HOUR_MS).toISOString() },
    used: formatAmount(used),
    usual: formatAmount(usual),
    threshold: formatAmount(threshold),
  };
}
