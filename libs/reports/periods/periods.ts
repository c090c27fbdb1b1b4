import type { JsonObject } from '#amounts';
import { publicId } from '#ledger';
import { change, type Actor, type ChangeAnswer, type Changed, type ChangeRequest, type Queryable } from '#ledger-store';
import { monthOf, rangeOfMonth } from '#calendar';
import { closeMonth, type CloseWork } from './close/close-month.ts';
import type { MonthToClose } from './close/report-to-close.ts';
import { BooksDiffer } from './close/seal-month.ts';
import { whyNotClosable, type PeriodRefusal, type PeriodState } from './period.ts';
import { PeriodsReader } from './periods-reader.ts';

export interface CloseRequest {
  readonly environment: string;
  readonly month: string;
  /** The environment's, by whose calendar months begin. */
  readonly timeZone: string;
  /** As they are kept with the month. */
  readonly settings: JsonObject;
  readonly actor: Actor;
}

/** What a close has come to: the month as it is, which may still be being closed. */
export type CloseResult =
  { readonly ok: true; readonly period: PeriodState } | { readonly ok: false; readonly refusal: PeriodRefusal };

/** Closes and reopens months. */
export class Periods {
  readonly reader: PeriodsReader;
  /** What this process is closing, by environment and month. */
  private readonly running = new Map<string, Promise<PeriodRefusal | null>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly work: CloseWork,
    private readonly log: (line: string) => void,
  ) {
    this.reader = new PeriodsReader(work.pool);
  }

  /**
   * Closes a month, or goes on with closing it where somebody has begun. A month that is closed stays as it is.
   *
   * @param waitMs how long the answer may take: after that, the close goes on and the answer says how far it is
   */
  async close(request: CloseRequest, waitMs: number): Promise<CloseResult> {
    const { environment, month, timeZone } = request;
    const refusal = await this.mark(request);
    if (refusal) return { ok: false, refusal };
    const name = `${environment} ${month}`;
    const running = this.running.get(name) ?? this.begin(name, request);
    const failed = await withinMs(running, waitMs);
    if (failed) return { ok: false, refusal: failed };
    return { ok: true, period: await this.reader.find(environment, timeZone, month) };
  }

  /** Reopens a month and those after it. What was kept of them stays. */
  async reopen(
    request: ChangeRequest,
    { month, reason }: { readonly month: string; readonly reason: string },
    answer: ChangeAnswer,
  ): Promise<Changed<'period_not_closed'>> {
    return change<'period_not_closed'>(this.work.pool, request, async (database) => {
      const reopened = await lockClosed(database, request.environment, month);
      if (!reopened.some((one) => one.month === month && one.status === 'closed'))
        return { ok: false, refusal: 'period_not_closed' };
      await openAgain(database, request, { month, reason });
      const audited = reopened.map((one) => ({
        environment: request.environment,
        object: `period ${one.month}`,
        before: { status: one.status, version: one.version, hash: one.hash },
        after: { status: 'open', reason },
      }));
      return { ok: true, answer, audited };
    });
  }

  /** Ends what is being closed, before the process does. It goes on where somebody closes the month again. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the process ends'));
    await Promise.allSettled(this.running.values());
  }

  /** Marks a month as one that is being closed, unless it is already, or is closed. @returns why it can't be */
  private async mark({ environment, month, timeZone }: CloseRequest): Promise<PeriodRefusal | null> {
    const { first, now } = await this.reader.span(environment);
    const { to } = rangeOfMonth(month, timeZone);
    const lastClosed = await this.reader.lastClosed(environment);
    const refusal = whyNotClosable({ month, to, now, first: monthOf(first, timeZone), lastClosed });
    if (refusal) return refusal;
    await this.work.pool.query(
      `insert into periods as p (environment, month, status, step, started_at) values ($1, $2, 'closing', 'sweeping', clock_timestamp())
      on conflict (environment, month) do update set status = 'closing', step = 'sweeping', done = 0, total = 0, failure = null,
        started_at = excluded.started_at
      where p.status = 'open'`,
      [environment, month],
    );
    return null;
  }

  private begin(name: string, request: CloseRequest): Promise<PeriodRefusal | null> {
    const running = this.run(request).finally(() => this.running.delete(name));
    this.running.set(name, running);
    // Whoever waits gets the error; where nobody does any more, the log has it.
    running.catch(() => undefined);
    return running;
  }

  private async run(request: CloseRequest): Promise<PeriodRefusal | null> {
    const { environment, month, timeZone, actor, settings } = request;
    const { status } = await this.reader.find(environment, timeZone, month);
    if (status !== 'closing') return null;
    const range: MonthToClose = { environment, month, timeZone, ...rangeOfMonth(month, timeZone), asOf: Date.now() };
    try {
      await closeMonth(this.work, { month: range, actor, settings, stopping: this.stopping.signal });
      return null;
    } catch (error) {
      const failure =
        error instanceof BooksDiffer ? error.message : 'It could not be completed. Close it again to go on.';
      this.log(`The month ${month} of ${environment} could not be closed: ${String(error)}`);
      await this.noteFailure(environment, month, failure);
      if (error instanceof BooksDiffer) return { code: 'period_close_failed', failure };
      throw error;
    }
  }

  /** What has failed is told by the error, whether or not this can be written. */
  private async noteFailure(environment: string, month: string, failure: string): Promise<void> {
    await this.work.pool
      .query(`update periods set failure = $3 where environment = $1 and month = $2 and status = 'closing'`, [
        environment,
        month,
        failure,
      ])
      .catch((error: unknown) => this.log(`That could not be noted: ${String(error)}`));
  }
}

interface LockedPeriod {
  readonly month: string;
  readonly status: string;
  readonly version: number | null;
  readonly hash: string | null;
}

async function lockClosed(database: Queryable, environment: string, month: string): Promise<readonly LockedPeriod[]> {
  await database.query(
    `select from periods where environment = $1 and month >= $2 and status <> 'open' order by month for update`,
    [environment, month],
  );
  // Read by a statement of its own: what the one that waited has seen is from before.
  const { rows } = await database.query<LockedPeriod>(
    `select p.month, p.status, c.version, encode(c.hash, 'hex') as hash
    from periods p left join period_closings c on c.environment = p.environment and c.month = p.month and c.reopened_at is null
    where p.environment = $1 and p.month >= $2 and p.status <> 'open' order by p.month`,
    [environment, month],
  );
  return rows;
}

async function openAgain(
  database: Queryable,
  { environment, actor }: ChangeRequest,
  { month, reason }: { readonly month: string; readonly reason: string },
): Promise<void> {
  await database.query(
    `update periods set status = 'open', step = null, failure = null where environment = $1 and month >= $2 and status <> 'open'`,
    [environment, month],
  );
  await database.query(
    `update period_closings set reopened_at = clock_timestamp(), reopened_by = $3, reopen_reason = $4
    where environment = $1 and month >= $2 and reopened_at is null`,
    [environment, month, publicId('key', actor.keyId), reason],
  );
}

/** What comes of it, or nothing where it takes longer. */
async function withinMs<T>(running: Promise<T>, ms: number): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), ms);
  try {
    return await Promise.race([running, promise]);
  } finally {
    clearTimeout(timer);
  }
}
