import type { Pool } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KnownAccounts } from '../load/known-accounts.ts';
import type { DatabaseClock } from './database-clock.ts';
import { failureOf } from './failures.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import { LockedAccounts } from './locked-accounts.ts';
import { runBatch } from './run-batch.ts';
import { accountsOf, rejectAll, resolveAll, type Waiting } from './waiting.ts';

/** A batch that failed through no fault of its own is repeated for this long. */
const REPEAT_MS_MAX = 500;
const REPEAT_DELAY_MS = 25;
/** A lock that no account has is waited for twice: the session's lock_timeout, and once more. */
const LOCK_PATIENCE_MS = 3000;
const IMPATIENT_LOCK_TIMEOUT_MS = 100;

export interface CarefulBatchesParts {
  readonly pool: Pool;
  readonly known: KnownAccounts;
  readonly clock: DatabaseClock;
  /** Empties the lane's queue, for what would wait in vain. */
  readonly takeQueue: () => readonly Waiting[];
}

/** Answers batches by what is stored, under locks, whatever goes wrong with one of the commands or with the database. */
export class CarefulBatches {
  private readonly pool: Pool;
  private readonly known: KnownAccounts;
  private readonly clock: DatabaseClock;
  private readonly takeQueue: () => readonly Waiting[];
  private readonly locked: LockedAccounts;

  constructor({ pool, known, clock, takeQueue }: CarefulBatchesParts) {
    this.pool = pool;
    this.known = known;
    this.clock = clock;
    this.takeQueue = takeQueue;
    this.locked = new LockedAccounts(pool);
  }

  /** True while an account is known to be kept locked by somebody else. */
  get mustTakeCare(): boolean {
    return !this.locked.isEmpty;
  }

  /** Answers a batch that was decided ahead and couldn't be written, because of this error. */
  async answerAfter(batch: readonly Waiting[], error: unknown): Promise<void> {
    // A lock has been waited for long enough already.
    if (failureOf(error) === 'locked') await this.leaveOutLocked(batch, performance.now(), false, error);
    else await this.answer(batch);
  }

  /** Resolves when each of them has been answered or refused. */
  async answer(batch: readonly Waiting[], startedAt = performance.now()): Promise<void> {
    const suspects = batch.filter((one) => this.needsLocked(one));
    if (suspects.length > 0 && suspects.length < batch.length) {
      await this.answer(batch.filter((one) => !this.needsLocked(one)));
      await this.answer(suspects);
      return;
    }
    try {
      const { answers, now } = await runBatch(
        this.pool,
        batch.map(({ queued }) => queued),
        {
          known: this.known,
          ...(suspects.length > 0 && { lockTimeoutMs: IMPATIENT_LOCK_TIMEOUT_MS }),
          ...doubtOf(batch),
        },
      );
      this.clock.set(now);
      this.locked.forget(suspects.flatMap(accountsOf));
      resolveAll(batch, answers);
    } catch (error) {
      if (failureOf(error) === 'locked') await this.leaveOutLocked(batch, startedAt, suspects.length > 0, error);
      else await this.recover(batch, startedAt, error);
    }
  }

  /** A failed batch changed nothing, unless its outcome is unknown: then nobody may try again but the clients, by their keys. */
  private async recover(batch: readonly Waiting[], startedAt: number, error: unknown): Promise<void> {
    if (error instanceof LedgerUnavailable) {
      rejectAll(batch, error);
      return;
    }
    const failure = failureOf(error);
    if (failure !== 'poisoned' && performance.now() - startedAt < REPEAT_MS_MAX) {
      await sleep(REPEAT_DELAY_MS);
      await this.answer(batch, startedAt);
    } else if (failure === 'unreachable') {
      this.giveUp(batch, error);
    } else {
      await this.answerHalves(batch, startedAt, failure === 'poisoned' ? error : unavailable(error));
    }
  }

  /** Halving finds one poisoned command among 512 in nine steps, and its neighbours pass. */
  private async answerHalves(batch: readonly Waiting[], startedAt: number, error: unknown): Promise<void> {
    if (batch.length === 1) {
      rejectAll(batch, error);
      return;
    }
    const middle = batch.length >> 1;
    await this.answer(batch.slice(0, middle), startedAt);
    await this.answer(batch.slice(middle), startedAt);
  }

  /**
   * Someone else kept an account locked for as long as we wait. What needs that account is tried once more, apart and
   * impatiently, and then refused; the others go on without it.
   */
  private async leaveOutLocked(
    batch: readonly Waiting[],
    startedAt: number,
    impatient: boolean,
    error: unknown,
  ): Promise<void> {
    try {
      await this.locked.inspect(batch.flatMap(accountsOf));
    } catch (inspectError) {
      this.giveUp(batch, inspectError);
      return;
    }
    const stuck = batch.filter((one) => this.needsLocked(one));
    if (stuck.length === 0) {
      // The lock has just been let go, or it is a whole table's: then whatever comes next would wait for it just as long.
      if (performance.now() - startedAt < LOCK_PATIENCE_MS) await this.answer(batch, startedAt);
      else this.giveUp(batch, error);
    } else if (impatient) {
      rejectAll(stuck, unavailable(error));
      const free = batch.filter((one) => !stuck.includes(one));
      if (free.length > 0) await this.answer(free);
    } else {
      await this.answer(batch);
    }
  }

  /** Those behind the batch would wait for the same database, one batch after the other: they are refused with it. */
  private giveUp(batch: readonly Waiting[], error: unknown): void {
    rejectAll([...batch, ...this.takeQueue()], unavailable(error));
  }

  private needsLocked(one: Waiting): boolean {
    return !this.locked.isEmpty && this.locked.includesAnyOf(accountsOf(one));
  }
}

function unavailable(cause: unknown): LedgerUnavailable {
  return new LedgerUnavailable('database_unavailable', { cause });
}

/** A batch that was sent before was sent whole. */
function doubtOf(batch: readonly Waiting[]): Pick<Waiting, 'doubt'> {
  const doubt = batch[0]?.doubt;
  return doubt ? { doubt } : {};
}
