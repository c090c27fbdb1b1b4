import type { Pool } from '#database';
import type { AccountKey, LedgerRules } from '#ledger';
import { setTimeout as sleep } from 'node:timers/promises';
import { KnownAccounts } from '../load/known-accounts.ts';
import { ANSWERED_BEFORE } from '../load/statements.ts';
import { CLOCK_ADVANCED } from '../load/clock-statements.ts';
import { CarefulBatches } from './careful-batches.ts';
import type { DatabaseClock } from './database-clock.ts';
import { canDecideAhead, decideAhead, type DecidedAhead } from './decide-ahead.ts';
import type { EngineObserver, ObservedBatch } from './engine-observer.ts';
import { Flights } from './flights.ts';
import { sqlStateOf } from './failures.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import type { LockedAccounts } from './locked-accounts.ts';
import type { Answer, Queued } from './submission.ts';
import { nextTurn } from './next-turn.ts';
import { accountsOf, resolveAll, weightOf, type Waiting } from './waiting.ts';

export interface LaneParts {
  readonly pool: Pool;
  readonly clock: DatabaseClock;
  /** What all lanes know of accounts that somebody else keeps locked. */
  readonly locked: LockedAccounts;
  /** Whether an account's commands come to this lane. */
  readonly owns: (key: AccountKey) => boolean;
  /** What holds for all accounts. */
  readonly rules: LedgerRules;
  /** The most decisions in one transaction; a command of more has one for itself. */
  readonly batchMax: number;
  readonly observer: EngineObserver | undefined;
}

interface ClockReading {
  readonly now: Date;
}

/** How long a lane waits that has nothing but what is parked. */
const PARKED_PAUSE_MS = 10;
/** Fewer than this go together: dividing them would only add a transaction. */
const WORTH_DIVIDING = 64;
/** A batch decided ahead in vain costs as much again: after each failure in a row the lane leaves out twice as many. */
const CAREFUL_MAX = 64;
const SAYS_NOTHING: readonly (string | null)[] = [ANSWERED_BEFORE, CLOCK_ADVANCED];

/**
 * One queue, answered by one transaction after the other. While a transaction is under way, new commands queue; the next
 * one takes them all, up to `batchMax`. An idle lane answers at once, with a batch of one.
 *
 * Where the lane knows the accounts, it decides the next batch while the last is still being written, and sends it
 * behind it: at most two are under way, and the second only when as much waits as the first has. Anything else is decided
 * on what is stored, under the locks, with nothing else under way.
 */
export class Lane {
  private readonly queue: Waiting[] = [];
  private queueWeight = 0;
  /** What couldn't be written as it was decided; it goes before the queue. */
  private readonly setBack: { readonly batch: readonly Waiting[]; readonly error: unknown }[] = [];
  private readonly known: KnownAccounts;
  private readonly clock: DatabaseClock;
  private readonly locked: LockedAccounts;
  private readonly careful: CarefulBatches;
  private readonly flights: Flights;
  private readonly batchMax: number;
  private readonly observer: EngineObserver | undefined;
  /** Batches that were sent and have neither been answered nor set back. The lane must not rest before. */
  private aloft = 0;
  private running: Promise<void> | null = null;
  private wake: (() => void) | null = null;
  private failuresInARow = 0;
  private carefulBatchesLeft = 0;

  constructor({ pool, clock, locked, owns, rules, batchMax, observer }: LaneParts) {
    this.known = new KnownAccounts(owns, rules);
    this.clock = clock;
    this.locked = locked;
    this.batchMax = batchMax;
    this.observer = observer;
    this.careful = new CarefulBatches({
      pool,
      known: this.known,
      clock,
      locked,
      takeQueue: () => this.take(this.queue.length),
      observer,
    });
    this.flights = new Flights(pool);
  }

  submit(queued: Queued): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.queue.push({ queued, resolve, reject });
      this.queueWeight += queued.weight;
      if (!this.running) this.running = this.run();
      else if (this.mayStart()) this.wake?.();
    });
  }

  /** Resolves when everything submitted so far has been answered. */
  async drain(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    do {
      // Requests that arrive together, read from their sockets in one turn of the event loop, share a batch.
      await nextTurn();
      if (this.aloft === 0 && this.careful.mustLook) this.putFirst(await this.careful.look());
      const setBack = this.aloft === 0 ? this.setBack.shift() : undefined;
      if (setBack) await this.careful.answerAfter(setBack.batch, setBack.error);
      else if (this.mayStart()) await this.start();
      else if (this.aloft > 0) await this.somethingNew();
      else if (this.careful.hasParked) await sleep(PARKED_PAUSE_MS);
    } while (this.queue.length + this.setBack.length + this.aloft > 0 || this.careful.hasParked);
    this.running = null;
  }

  /** Whether the queue's next batch may start now. */
  private mayStart(): boolean {
    const { weight, isOpen } = this.flights;
    if (this.queue.length === 0 || this.setBack.length > 0) return false;
    if (this.aloft === 0) return true;
    return this.aloft === 1 && isOpen && !this.careful.mustLook && this.queueWeight >= weight;
  }

  private async start(): Promise<void> {
    if (!this.locked.isEmpty) this.putFirst(this.careful.park(this.take(this.queue.length)));
    if (this.queue.length === 0) return;
    const now = this.carefulBatchesLeft > 0 ? null : this.clock.now();
    const count = this.countOf(this.share());
    const [ahead, rest] = now === null ? [[], []] : this.divide(this.queue.slice(0, count), now);
    if (now !== null && ahead.length > 0) {
      this.take(count);
      if (rest.length > 0) this.setBack.push({ batch: rest, error: null });
      await this.fly(ahead, now);
    } else if (this.aloft > 0) {
      this.flights.close();
      await this.somethingNew();
    } else {
      this.carefulBatchesLeft = Math.max(0, this.carefulBatchesLeft - 1);
      await this.careful.answer(this.take(this.countOf(this.batchMax)));
    }
  }

  /** What can be decided ahead, and the rest. An account's commands stay in order, unless they fail: behind one that can't, none is. */
  private divide(batch: readonly Waiting[], now: number): [ahead: Waiting[], rest: Waiting[]] {
    const ahead: Waiting[] = [];
    const rest: Waiting[] = [];
    const waiting = new Set<AccountKey>();
    for (const one of batch) {
      const accounts = accountsOf(one);
      if (canDecideAhead(this.known, one.queued, now) && !accounts.some((key) => waiting.has(key))) ahead.push(one);
      else {
        rest.push(one);
        for (const key of accounts) waiting.add(key);
      }
    }
    return [ahead, rest];
  }

  /** With nothing under way, half of a long queue: the other half can then be decided while this one is written. */
  private share(): number {
    const divides = this.aloft === 0 && this.queueWeight >= WORTH_DIVIDING;
    return Math.min(this.batchMax, divides ? this.queueWeight >> 1 : this.queueWeight);
  }

  private async fly(batch: readonly Waiting[], now: number): Promise<void> {
    const startedAt = performance.now();
    const queued = batch.map((one) => one.queued);
    const decided = decideAhead(this.known, queued, now);
    if (!decided) {
      this.setBack.push({ batch, error: null });
      return;
    }
    try {
      await this.flights.open();
      this.aloft += 1;
      void this.land(batch, decided, startedAt);
    } catch (error) {
      // Whether the database can't be reached is found out again, and told, by who decides on what is stored.
      this.notWritten(batch, decided, error);
    }
  }

  private async land(batch: readonly Waiting[], decided: DecidedAhead, startedAt: number): Promise<void> {
    let how: ObservedBatch['how'] = 'ahead';
    try {
      const [clock] = await this.flights.send<ClockReading>(decided.statements, weightOf(batch));
      if (clock) this.clock.set(clock.now.getTime());
      this.failuresInARow = 0;
      resolveAll(batch, decided.answers);
    } catch (error) {
      how = 'in_vain';
      const isUnknown = error instanceof LedgerUnavailable;
      this.notWritten(isUnknown ? batch.map((one) => ({ ...one, doubt: decided.changed })) : batch, decided, error);
    }
    this.aloft -= 1;
    this.wake?.();
    this.observer?.onBatch({ decisions: weightOf(batch), milliseconds: performance.now() - startedAt, how });
  }

  private notWritten(batch: readonly Waiting[], { accounts }: DecidedAhead, error: unknown): void {
    this.known.forget(accounts);
    this.setBack.push({ batch, error });
    // A request that was answered before, or a clock that was advanced, says nothing about the others to come.
    if (SAYS_NOTHING.includes(sqlStateOf(error))) return;
    // Somebody else is busy with the same accounts, or has set the clock.
    this.clock.doubt();
    this.failuresInARow += 1;
    this.carefulBatchesLeft = Math.min(2 ** this.failuresInARow, CAREFUL_MAX);
  }

  /** How many from the head of the queue make up this many decisions; at least one. */
  private countOf(weightMax: number): number {
    let weight = 0;
    let count = 0;
    for (const { queued } of this.queue) {
      weight += queued.weight;
      if (count > 0 && weight > weightMax) break;
      count += 1;
    }
    return count;
  }

  private take(count: number): readonly Waiting[] {
    const taken = this.queue.splice(0, count);
    this.queueWeight -= weightOf(taken);
    return taken;
  }

  private putFirst(batch: readonly Waiting[]): void {
    this.queue.unshift(...batch);
    this.queueWeight += weightOf(batch);
  }

  /** Resolves when a batch has landed, or enough waits for another to start. */
  private somethingNew(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = null;
        resolve();
      };
    });
  }
}
