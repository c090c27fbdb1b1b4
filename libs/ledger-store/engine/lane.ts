import type { Pool } from '#database';
import { needsOf, weightOf, type AccountKey } from '#ledger';
import { setTimeout as sleep } from 'node:timers/promises';
import { KnownGrants } from '../load/known-grants.ts';
import { failureOf } from './failures.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import { LockedAccounts } from './locked-accounts.ts';
import { runBatch } from './run-batch.ts';
import type { Answer, Submission } from './submission.ts';

interface Waiting {
  readonly submission: Submission;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** A batch that failed through no fault of its own is repeated for this long. */
const REPEAT_MS_MAX = 500;
const REPEAT_DELAY_MS = 25;
/** A lock that no account has is waited for twice: the session's lock_timeout, and once more. */
const LOCK_PATIENCE_MS = 3000;
const IMPATIENT_LOCK_TIMEOUT_MS = 100;

/**
 * One queue and one transaction at a time. While a transaction is under way, new commands queue; the next one takes them
 * all, up to `batchMax`. An idle lane answers at once, with a batch of one.
 */
export class Lane {
  private readonly queue: Waiting[] = [];
  private readonly locked: LockedAccounts;
  private readonly known = new KnownGrants();
  private running: Promise<void> | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly batchMax: number,
  ) {
    this.locked = new LockedAccounts(pool);
  }

  submit(submission: Submission): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.queue.push({ submission, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves when everything submitted so far has been answered. */
  async drain(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    // Requests that arrive together, read from their sockets in one turn of the event loop, share the first batch.
    await nextTurn();
    while (this.queue.length > 0) await this.answer(this.nextBatch());
    this.running = null;
  }

  private nextBatch(): Waiting[] {
    let weight = 0;
    let count = 0;
    for (const { submission } of this.queue) {
      weight += weightOf(submission.command);
      if (count > 0 && weight > this.batchMax) break;
      count += 1;
    }
    return this.queue.splice(0, count);
  }

  private async answer(batch: readonly Waiting[], startedAt = performance.now()): Promise<void> {
    const suspects = batch.filter((one) => this.needsLocked(one));
    if (suspects.length > 0 && suspects.length < batch.length) {
      await this.answer(batch.filter((one) => !this.needsLocked(one)));
      await this.answer(suspects);
      return;
    }
    const lockTimeoutMs = suspects.length > 0 ? IMPATIENT_LOCK_TIMEOUT_MS : null;
    try {
      const submissions = batch.map(({ submission }) => submission);
      const answers = await runBatch(this.pool, submissions, this.known, lockTimeoutMs);
      this.locked.forget(suspects.flatMap(accountsOf));
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer) resolve(answer);
        else reject(new Error('a command was left without an answer'));
      });
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
    rejectAll([...batch, ...this.queue.splice(0)], unavailable(error));
  }

  private needsLocked(one: Waiting): boolean {
    return !this.locked.isEmpty && this.locked.includesAnyOf(accountsOf(one));
  }
}

function unavailable(cause: unknown): LedgerUnavailable {
  return new LedgerUnavailable('database_unavailable', { cause });
}

function accountsOf({ submission }: Waiting): readonly AccountKey[] {
  return needsOf(submission.command).accounts;
}

function rejectAll(batch: readonly Waiting[], error: unknown): void {
  for (const { reject } of batch) reject(error);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
