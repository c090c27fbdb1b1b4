import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import { monthOf, rangeOfMonth } from '#calendar';
import {
  nextMonth,
  type Closing,
  type CloseStep,
  type PeriodState,
  type PeriodStatus,
  type SealedClosing,
} from './period.ts';

interface PeriodRow {
  readonly month: string;
  readonly status: PeriodStatus;
  readonly step: CloseStep | null;
  readonly done: string;
  readonly total: string;
  readonly failure: string | null;
  readonly started_at: Date | null;
}

interface ClosingRow {
  readonly month: string;
  readonly version: number;
  readonly sealed: SealedClosing;
  readonly previous: Buffer;
  readonly hash: Buffer;
  readonly closed_by: string | null;
  readonly closed_at: Date;
  readonly reopened_by: string | null;
  readonly reopened_at: Date | null;
  readonly reopen_reason: string | null;
}

/** Where an environment's time begins, and where it is by its slowest clock; milliseconds since 1970. */
export interface Span {
  readonly first: number;
  readonly now: number;
}

/** Months of environments, and what was kept of them. */
export class PeriodsReader {
  constructor(private readonly pool: Pool) {}

  /** From the month of the first account to the present one, the newest first. */
  async list(environment: string, timeZone: string): Promise<readonly PeriodState[]> {
    const { first, now } = await this.span(environment);
    const months = [monthOf(first, timeZone)];
    const last = monthOf(now, timeZone);
    for (let month = months[0] ?? last; month < last;) {
      month = nextMonth(month);
      months.push(month);
    }
    return (await this.states(environment, timeZone, months)).toReversed();
  }

  async find(environment: string, timeZone: string, month: string): Promise<PeriodState> {
    const [state] = await this.states(environment, timeZone, [month]);
    if (!state) throw new Error('a month has a state');
    return state;
  }

  /** The last month that is closed. */
  async lastClosed(environment: string): Promise<string | null> {
    const sql = `select max(month) as month from periods where environment = $1 and status = 'closed'`;
    const [row] = await this.query<{ month: string | null }>(sql, [environment]);
    return row?.month ?? null;
  }

  async span(environment: string): Promise<Span> {
    const [row] = await this.query<{ first: Date; now: Date }>(
      `select coalesce(min(a.created_at), clock_timestamp()) as first,
        clock_timestamp() + coalesce(min(coalesce(c.ahead_ms, 0)), 0) * interval '1 millisecond' as now
      from accounts a left join test_clocks c on c.environment = a.environment and c.number = a.test_clock
      where a.environment = $1`,
      [environment],
    );
    if (!row) throw new Error('the database told no time');
    return { first: row.first.getTime(), now: row.now.getTime() };
  }

  /** A report of a month as it is kept; `null` where the month isn't closed, or the report isn't kept. */
  async report(
    environment: string,
    month: string,
    name: string,
    format: string,
  ): Promise<AsyncIterable<string> | null> {
    const [row] = await this.query<{ closing: number; parts: number }>(
      `select c.number as closing, count(*)::integer as parts
      from periods p join period_closings c on c.environment = p.environment and c.month = p.month and c.reopened_at is null
        join period_reports r on r.environment = c.environment and r.closing = c.number
      where p.environment = $1 and p.month = $2 and p.status = 'closed' and r.report = $3 and r.format = $4 group by 1`,
      [environment, month, name, format],
    );
    return row ? this.parts([environment, row.closing, name, format], row.parts) : null;
  }

  private async *parts(key: readonly unknown[], count: number): AsyncGenerator<string> {
    // A part may end in the middle of a character.
    const decoder = new TextDecoder();
    for (let part = 0; part < count; part++) {
      const [row] = await this.query<{ bytes: Buffer }>(
        `select bytes from period_reports where environment = $1 and closing = $2 and report = $3 and format = $4 and part = $5`,
        [...key, part],
      );
      if (!row) throw new Error('a part of a closed report is gone');
      yield decoder.decode(row.bytes, { stream: part < count - 1 });
    }
  }

  private async states(
    environment: string,
    timeZone: string,
    months: readonly string[],
  ): Promise<readonly PeriodState[]> {
    const periods = await this.query<PeriodRow>(
      'select month, status, step, done, total, failure, started_at from periods where environment = $1 and month = any($2)',
      [environment, months],
    );
    const closings = await this.query<ClosingRow>(
      `select month, version, sealed, previous, hash, closed_by, closed_at, reopened_by, reopened_at, reopen_reason
      from period_closings where environment = $1 and month = any($2) order by number desc`,
      [environment, months],
    );
    const byMonth = new Map(periods.map((row) => [row.month, row]));
    const closingsOf = Map.groupBy(closings, ({ month }) => month);
    return months.map((month) => {
      const row = byMonth.get(month);
      const kept = (closingsOf.get(month) ?? []).map(closingFromRow);
      const [newest] = kept;
      const isClosed = row?.status === 'closed' && newest !== undefined;
      const range = isClosed
        ? { from: Date.parse(newest.sealed.from), to: Date.parse(newest.sealed.to) }
        : rangeOfMonth(month, timeZone);
      return { month, status: row?.status ?? 'open', ...range, progress: progressOf(row), closings: kept };
    });
  }

  private query<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return attemptRead(async () => (await queryable(this.pool).query<Row>(text, [...values])).rows);
  }
}

function progressOf(row: PeriodRow | undefined): PeriodState['progress'] {
  if (row?.status !== 'closing' || row.step === null) return null;
  const { step, failure } = row;
  return { step, failure, done: Number(row.done), total: Number(row.total), startedAt: row.started_at?.getTime() ?? 0 };
}

function closingFromRow(row: ClosingRow): Closing {
  const { month, version, sealed, closed_by: closedBy, reopened_at: at, reopen_reason: reason } = row;
  return {
    ...{ month, version, sealed, closedBy, closedAt: row.closed_at.getTime() },
    ...{ hash: row.hash.toString('hex'), previousHash: row.previous.toString('hex') },
    reopened: at && { at: at.getTime(), by: row.reopened_by, reason: reason ?? '' },
  };
}
