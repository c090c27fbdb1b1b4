import type { Pool } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KnownAccounts } from '../load/known-accounts.ts';
import type { DatabaseClock } from './database-clock.ts';
import type { EngineObserver } from './engine-observer.ts';
import { failureOf } from './failures.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import type { LockedAccounts } from './locked-accounts.ts';
import { runBatch } from './run-batch.ts';
import { accountsOf, rejectAll, resolveAll, weightOf, type Waiting } from './waiting.ts';

/** A batch that failed through no fault of its own is repeated for this long. */
const REPEAT_MS_MAX = 500;
const REPEAT_DELAY_MS = 25;
/** For how long an account, or a lock that no account has, may be kept from us before we refuse. */
const LOCK_PATIENCE_MS = 2000;
const LOOK_DELAY_MS = 10;

export interface CarefulBatchesParts {
  readonly pool: Pool;
  readonly known: KnownAccounts;
  readonly clock: DatabaseClock;
  readonly locked: LockedAccounts;
  /** Empties the lane's queue, for what would wait in vain. */
  readonly takeQueue: () => readonly Waiting[];
  readonly observer: EngineObserver | undefined;
}

/** Answers batches by what is stored, under locks, whatever goes wrong with one of the commands or with the database. */
export class CarefulBatches {
  private readonly pool: Pool;
  private readonly known: KnownAccounts;
  private readonly clock: DatabaseClock;
  private readonly takeQueue: () => readonly Waiting[];
  private readonly locked: LockedAccounts;
  private readonly observer: EngineObserver | undefined;
  /** Those that need an account that somebody else keeps locked: they hold up nobody. */
  private readonly parked: Waiting[] = [];
  private lookedAt = 0;

  constructor({ pool, known, clock, locked, takeQueue, observer }: CarefulBatchesParts) {
    this.pool = pool;
    this.known = known;
    this.clock = clock;
    this.takeQueue = takeQueue;
    this.locked = locked;
    this.observer = observer;
  }

  get hasParked(): boolean {
    return this.parked.length > 0;
  }

  /** Whether it is time to look at what is parked. */
  get mustLook(): boolean {
    return this.parked.length > 0 && performance.now() - this.lookedAt >= LOOK_DELAY_MS;
  }

  /** Keeps those back that need an account that is kept locked. @returns the others */
  park(batch: readonly Waiting[]): readonly Waiting[] {
    if (this.locked.isEmpty) return batch;
    const isLocked = (one: Waiting): boolean => this.locked.includesAnyOf(accountsOf(one));
    const kept = batch.filter(isLocked);
    // What became of it before is only to be found out together with those it was sent with.
    rejectAll(
      kept.filter(({ doubt }) => doubt),
      unavailable(new Error('an account is kept locked')),
    );
    this.parked.push(...kept.filter(({ doubt }) => !doubt));
    return batch.filter((one) => !isLocked(one));
  }

  /** Looks at what is parked, and refuses what has been for too long. @returns those that need no locked account any more */
  async look(): Promise<readonly Waiting[]> {
    const parked = this.parked.splice(0);
    try {
      await this.locked.inspect(parked.flatMap(accountsOf));
    } catch (error) {
      this.giveUp(parked, error);
      return [];
    }
    this.lookedAt = performance.now();
    const tooLong = (one: Waiting): boolean => this.locked.msOf(accountsOf(one)) > LOCK_PATIENCE_MS;
    rejectAll(parked.filter(tooLong), unavailable(new Error('an account is kept locked')));
    return this.park(parked.filter((one) => !tooLong(one)));
  }

  /** Answers a batch that was decided ahead and couldn't be written, because of this error. */
  async answerAfter(batch: readonly Waiting[], error: unknown): Promise<void> {
    // A lock has been waited for long enough already.
    if (failureOf(error) === 'locked') await this.leaveOutLocked(batch, performance.now(), error);
    else await this.answer(batch);
  }

  /** Resolves when each of them has been answered or refused. */
  async answer(batch: readonly Waiting[], startedAt = performance.now()): Promise<void> {
    const attemptedAt = performance.now();
    try {
      const { answers, now } = await runBatch(
        this.pool,
        batch.map(({ queued }) => queued),
        {
          known: this.known,
          ...doubtOf(batch),
        },
      );
      this.clock.set(now);
      resolveAll(batch, answers);
    } catch (error) {
      if (failureOf(error) === 'locked') await this.leaveOutLocked(batch, startedAt, error);
      else await this.recover(batch, startedAt, error);
      return;
    }
    const milliseconds = performance.now() - attemptedAt;
    this.observer?.onBatch({ decisions: weightOf(batch), milliseconds, how: 'locked' });
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

  /** Somebody else kept a lock for as long as we wait. What needs that account is parked, the others go on without it. */
  private async leaveOutLocked(batch: readonly Waiting[], startedAt: number, error: unknown): Promise<void> {
    try {
      await this.locked.inspect(batch.flatMap(accountsOf));
    } catch (inspectError) {
      // A whole table's lock keeps even the look waiting.
      if (failureOf(inspectError) !== 'locked') {
        this.giveUp(batch, inspectError);
        return;
      }
    }
    const free = this.park(batch);
    if (free.length < batch.length || performance.now() - startedAt < LOCK_PATIENCE_MS) {
      if (free.length > 0) await this.answer(free, startedAt);
    } else {
      // It is no account's lock: whatever comes next would wait for it just as long.
      this.giveUp(batch, error);
    }
  }

  /** Those behind the batch would wait for the same database, one batch after the other: they are refused with it. */
  private giveUp(batch: readonly Waiting[], error: unknown): void {
    rejectAll([...batch, ...this.takeQueue()], unavailable(error));
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
