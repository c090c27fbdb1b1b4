import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountCache } from '../load/account-cache.ts';
import type { DatabaseClock } from './database-clock.ts';
import { NeedsLeases } from './decide-batch.ts';
import type { EngineObserver, ObservedBatch } from './engine-observer.ts';
import { failureOf } from './failures.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import type { LockedAccounts } from './locked-accounts.ts';
import type { Refilling } from './refilling.ts';
import { runLocked, type UnknownOutcome } from './run-locked.ts';
import type { WriteHealth } from './write-health.ts';
import { accountsOf, rejectAll, resolveAll, weightOf, type Waiting } from './waiting.ts';

/** A batch that failed through no fault of its own is repeated for this long. */
const REPEAT_MS_MAX = 500;
const REPEAT_DELAY_MS = 25;
/** For how long an account, or a lock that no account has, may be kept from us before we refuse. */
const LOCK_PATIENCE_MS = 2000;
const LOOK_DELAY_MS = 10;

export interface LockedBatchesParts {
  readonly pool: Pool;
  readonly cache: AccountCache;
  readonly clock: DatabaseClock;
  readonly locked: LockedAccounts;
  /** Takes whatever waits in the lane, because it would wait in vain. */
  readonly takeAll: () => readonly Waiting[];
  /** Leases what commands need before they can be decided. */
  readonly refilling: Refilling;
  readonly observer: EngineObserver;
  readonly writeHealth: WriteHealth;
}

/** What is answered together. */
export interface LockedBatch {
  readonly batch: readonly Waiting[];
  /** Where it was sent before, as it is, and nobody knows what became of it. */
  readonly unknown?: UnknownOutcome | undefined;
}

/** Answers batches by what is stored, under locks, whatever goes wrong with one of the commands or with the database. */
export class LockedBatches {
  private readonly parts: LockedBatchesParts;
  /** Those that need an account that somebody else keeps locked: they hold up nobody. */
  private readonly parked: Waiting[] = [];
  private lookedAt = 0;

  constructor(parts: LockedBatchesParts) {
    this.parts = parts;
  }

  get hasParked(): boolean {
    return this.parked.length > 0;
  }

  /** Whether it is time to look at what is parked. */
  get mustLook(): boolean {
    return this.parked.length > 0 && performance.now() - this.lookedAt >= LOOK_DELAY_MS;
  }

  /** Whether a command needs an account that somebody else keeps locked. */
  isStuck(one: Waiting): boolean {
    return !this.parts.locked.isEmpty && this.parts.locked.includesAnyOf(accountsOf(one));
  }

  /** Keeps a command until its accounts aren't locked by somebody else any more. */
  park(one: Waiting): void {
    this.parked.push(one);
  }

  /** Looks at what is parked, and refuses what has been for too long. @returns those that need no locked account any more */
  async look(): Promise<readonly Waiting[]> {
    const { locked } = this.parts;
    const parked = this.parked.splice(0);
    try {
      await locked.inspect(parked.flatMap(accountsOf));
    } catch (error) {
      this.giveUp({ batch: parked }, error);
      return [];
    }
    this.lookedAt = performance.now();
    const tooLong: Waiting[] = [];
    const others: Waiting[] = [];
    // Time goes on from one to the next, so each is asked once: asked again, it might be neither refused nor kept.
    for (const one of parked) (locked.msOf(accountsOf(one)) > LOCK_PATIENCE_MS ? tooLong : others).push(one);
    rejectAll(tooLong, unavailable(new Error('an account is kept locked')));
    return this.withoutStuck({ batch: others });
  }

  /** Resolves when each of them has been answered or refused. */
  async answer(locked: LockedBatch, startedAt = performance.now()): Promise<void> {
    const { pool, cache, clock, observer, writeHealth } = this.parts;
    const { batch, unknown } = locked;
    const attemptedAt = performance.now();
    let decided: Pick<ObservedBatch, 'revenue' | 'declined'>;
    try {
      const commands = batch.map(({ queued }) => queued);
      const finished = await runLocked(pool, commands, { cache, unknown });
      clock.set(finished.now);
      if (finished.hasWritten) writeHealth.written();
      resolveAll(
        this.parts.refilling.pushAll(batch, finished.lacking),
        finished.answers.filter((answer) => answer !== null),
      );
      decided = { revenue: finished.revenue, declined: finished.declined };
    } catch (error) {
      if (error instanceof NeedsLeases) await this.leaveOut(error, locked, startedAt);
      else if (failureOf(error) === 'locked') await this.leaveOutStuck(locked, startedAt, error);
      else await this.recover(locked, startedAt, error);
      return;
    }
    const milliseconds = performance.now() - attemptedAt;
    observer.onBatch({ decisions: weightOf(batch), milliseconds, how: 'locked', ...decided });
  }

  /** One of the commands lacks something and can't be undone alone: nothing was changed, and the others go on without it. */
  private async leaveOut({ lacking }: NeedsLeases, { batch, unknown }: LockedBatch, startedAt: number): Promise<void> {
    const others = batch.filter(({ queued }) => !lacking.has(queued));
    const left = batch.filter(({ queued }) => lacking.has(queued));
    // What was sent of it before may still be committed, unless something is written now.
    if (unknown) reject({ batch: left, unknown }, new Error('it needs more of a limit'));
    else this.parts.refilling.pushAll(left, lacking);
    if (others.length > 0) await this.answer({ batch: others, unknown }, startedAt);
  }

  /** A failed batch changed nothing, unless its outcome is unknown: then nobody may try again but the clients, by their keys. */
  private async recover(locked: LockedBatch, startedAt: number, error: unknown): Promise<void> {
    if (error instanceof LedgerUnavailable) {
      rejectAll(locked.batch, error);
      return;
    }
    const failure = failureOf(error);
    if (failure !== 'poisoned' && performance.now() - startedAt < REPEAT_MS_MAX) {
      await sleep(REPEAT_DELAY_MS);
      await this.answer(locked, startedAt);
    } else if (failure === 'unreachable') {
      this.giveUp(locked, error);
    } else {
      await this.answerHalves(locked, startedAt, failure === 'poisoned' ? error : unavailable(error));
    }
  }

  /** Halving finds one poisoned command among 512 in nine steps, and its neighbours pass. */
  private async answerHalves({ batch, unknown }: LockedBatch, startedAt: number, error: unknown): Promise<void> {
    if (batch.length === 1) {
      reject({ batch, unknown }, error);
      return;
    }
    const middle = batch.length >> 1;
    await this.answer({ batch: batch.slice(0, middle), unknown }, startedAt);
    await this.answer({ batch: batch.slice(middle), unknown }, startedAt);
  }

  /** Somebody else kept a lock for as long as we wait. What needs that account is parked, the others go on without it. */
  private async leaveOutStuck(locked: LockedBatch, startedAt: number, error: unknown): Promise<void> {
    try {
      await this.parts.locked.inspect(locked.batch.flatMap(accountsOf));
    } catch (inspectError) {
      // A whole table's lock keeps even the look waiting.
      if (failureOf(inspectError) !== 'locked') {
        this.giveUp(locked, inspectError);
        return;
      }
    }
    const free = this.withoutStuck(locked);
    if (free.length < locked.batch.length || performance.now() - startedAt < LOCK_PATIENCE_MS) {
      if (free.length > 0) await this.answer({ ...locked, batch: free }, startedAt);
    } else {
      // It is no account's lock: whatever comes next would wait for it just as long.
      this.giveUp(locked, error);
    }
  }

  /** Parks those that need an account that is kept locked. @returns the others */
  private withoutStuck({ batch, unknown }: LockedBatch): readonly Waiting[] {
    const stuck: Waiting[] = [];
    const free: Waiting[] = [];
    for (const one of batch) (this.isStuck(one) ? stuck : free).push(one);
    // What became of it before is only to be found out together with those it was sent with.
    if (unknown) reject({ batch: stuck, unknown }, new Error('an account is kept locked'));
    else this.parked.push(...stuck);
    return free;
  }

  /** Those behind the batch would wait for the same database, one batch after the other: they are refused with it. */
  private giveUp(locked: LockedBatch, error: unknown): void {
    this.parts.writeHealth.failed(error);
    reject(locked, unavailable(error));
    rejectAll(this.parts.takeAll(), unavailable(error));
  }
}

export function accountsIn(batch: readonly Waiting[]): readonly AccountKey[] {
  return batch.flatMap(accountsOf);
}

function unavailable(cause: unknown): LedgerUnavailable {
  return new LedgerUnavailable('database_unavailable', { cause });
}

/** Whatever keeps those from being answered that were sent before: they may have been written then. */
function reject({ batch, unknown }: LockedBatch, error: unknown): void {
  rejectAll(batch, unknown ? new LedgerUnavailable('outcome_unknown', { cause: error }) : error);
}
