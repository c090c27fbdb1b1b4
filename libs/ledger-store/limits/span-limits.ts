import { PolledSnapshot } from '#background';
import type { Pool } from '#database';
import { publicId, type Exhausted, type Refilled, type SpanLimit, type SpanLimitBook } from '#ledger';
import { queryable, type Queryable } from '../queryable.ts';
import {
  change,
  type AuditedChange,
  type ChangeAnswer,
  type Changed,
  type ChangeOutcome,
  type ChangeRequest,
} from '../change/change.ts';
import { findLimitNow, type LimitNow } from './limit-reader.ts';
import {
  dropLimit,
  findEnvironmentLimit,
  limitView,
  loadLimits,
  putEnvironmentLimit,
  type KnownLimits,
  type LimitTerms,
  type StoredLimit,
} from './limit-rows.ts';
import { refillShares } from './refill-shares.ts';
import type { CommandWant, LeaseSource, ReturnShare } from './lease-source.ts';

const REFRESH_MS = 500;
const NONE: readonly SpanLimit[] = [];
/**
 * With so many accounts under a limit, whoever finds it exhausted looks for each of its requests anew, so that what others let go is
 * there for the very next. With more, the look takes too long for that.
 */
const SHARES_READ_MAX = 2000;
/** For how long it is taken to be exhausted then: ten times as long as the look takes, within these bounds. */
const EXHAUSTED_MS_MIN = 200;
const EXHAUSTED_MS_MAX = 1000;

interface Remembered {
  readonly exhausted: Exhausted;
  readonly until: number;
}

/**
 * Limits over many accounts, as decisions need them: which there are, kept in memory, and leases of what is left of them. A
 * limit that is set holds in this process at once, and in others within half a second.
 */
export class SpanLimits implements SpanLimitBook, LeaseSource {
  private remembered: readonly Remembered[] = [];

  private constructor(
    private readonly pool: Pool,
    private readonly snapshot: PolledSnapshot<KnownLimits>,
  ) {}

  /** Loads them and follows their changes, which other processes may make, until it is closed. */
  static async open(pool: Pool, log: (line: string) => void): Promise<SpanLimits> {
    const load = (): Promise<KnownLimits> => loadLimits(queryable(pool));
    const title = 'The look-up of limits';
    return new SpanLimits(pool, await PolledSnapshot.open({ title, everyMs: REFRESH_MS, load, log }));
  }

  of(environment: string, keyId: string | null, unit: string): readonly SpanLimit[] {
    const { ofKeys, ofEnvironments } = this.snapshot.value;
    if (ofKeys.size === 0 && ofEnvironments.size === 0) return NONE;
    const ofKey = keyId === null ? undefined : ofKeys.get(keyId);
    const ofEnvironment = ofEnvironments.get(`${environment} ${unit}`);
    return [...(ofKey?.unit === unit ? [ofKey.limit] : []), ...(ofEnvironment ? [ofEnvironment] : [])];
  }

  get exhausted(): readonly Exhausted[] {
    if (this.remembered.length === 0) return [];
    const now = performance.now();
    this.remembered = this.remembered.filter(({ until }) => now < until);
    return this.remembered.map((one) => one.exhausted);
  }

  async refill(wants: readonly CommandWant[], returnShare: ReturnShare): Promise<Refilled> {
    const startedAt = performance.now();
    const refilled = await refillShares(this.pool, wants, returnShare);
    if (refilled.gone.length > 0) await this.noticeChange();
    const now = performance.now();
    const until = now + Math.min(Math.max((now - startedAt) * 10, EXHAUSTED_MS_MIN), EXHAUSTED_MS_MAX);
    this.remember(
      refilled.exhausted.filter(({ shares }) => shares > SHARES_READ_MAX),
      until,
    );
    return refilled;
  }

  /**
   * Sets the limit of the actor's environment for a unit: in this process at once, in others within half a second. With the same
   * period it goes on where it is.
   *
   * @throws {LedgerUnavailable} where the database isn't there or the outcome of the commit is unknown
   */
  set(request: ChangeRequest, terms: LimitTerms, answer: (made: LimitNow) => ChangeAnswer): Promise<Changed<never>> {
    const { environment, actor } = request;
    return this.change(request, async (database) => {
      await database.query('select from environments where name = $1 for no key update', [environment]);
      const before = await findEnvironmentLimit(database, environment, terms.unit);
      const { id } = await putEnvironmentLimit(database, environment, terms, actor.keyId);
      const made = await findLimitNow(database, environment, id);
      if (!made) throw new Error(`the limit ${id} is gone`);
      return { ok: true, answer: answer(made), audited: audited(environment, made.id, before, made) };
    });
  }

  /** Takes a limit away, of the actor's environment or of one of its keys. Set again with the same unit and period, it goes on. */
  drop(
    request: ChangeRequest,
    id: string,
    answer: (dropped: LimitNow) => ChangeAnswer,
  ): Promise<Changed<'limit_not_found'>> {
    const { environment } = request;
    return this.change(request, async (database) => {
      const dropped = await findLimitNow(database, environment, id);
      if (!dropped) return { ok: false, refusal: 'limit_not_found' };
      await dropLimit(database, id);
      return { ok: true, answer: answer(dropped), audited: audited(environment, id, dropped, null) };
    });
  }

  private async change<Refusal extends string>(
    request: ChangeRequest,
    work: (database: Queryable) => Promise<ChangeOutcome<Refusal>>,
  ): Promise<Changed<Refusal>> {
    const result = await change<Refusal>(this.pool, request, work);
    await this.noticeChange();
    return result;
  }

  /** After a limit was changed here: this process knows it when this resolves. */
  async noticeChange(): Promise<void> {
    await this.snapshot.noticeChange();
    this.remembered = [];
  }

  close(): Promise<void> {
    return this.snapshot.close();
  }

  private remember(exhausted: readonly Exhausted[], until: number): void {
    const isSame = (a: Exhausted, b: Exhausted): boolean => a.limit === b.limit && a.window.start === b.window.start;
    const others = this.remembered.filter((one) => !exhausted.some((other) => isSame(one.exhausted, other)));
    this.remembered = [...others, ...exhausted.map((one) => ({ exhausted: one, until }))];
  }
}

function audited(
  environment: string,
  id: string,
  before: StoredLimit | null,
  after: StoredLimit | null,
): readonly AuditedChange[] {
  const views = { before: before && limitView(before), after: after && limitView(after) };
  if (JSON.stringify(views.before) === JSON.stringify(views.after)) return [];
  return [{ environment, object: publicId('limit', id), ...views }];
}
