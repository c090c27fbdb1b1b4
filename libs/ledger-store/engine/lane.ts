import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { setTimeout as sleep } from 'node:timers/promises';
import { KnownAccounts } from '../load/known-accounts.ts';
import { ANSWERED_BEFORE } from '../load/statements.ts';
import { CarefulBatches } from './careful-batches.ts';
import type { DatabaseClock } from './database-clock.ts';
import { canDecideAhead, decideAhead, type DecidedAhead } from './decide-ahead.ts';
import { Flights } from './flights.ts';
import { sqlStateOf } from './failures.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import type { LockedAccounts } from './locked-accounts.ts';
import type { Answer, Queued } from './submission.ts';
import { isWorthLookingUp, lookUp } from './look-up.ts';
import { nextTurn } from './next-turn.ts';
import { WaitingQueue } from './waiting-queue.ts';
import { accountsOf, resolveAll, weightOf, type Waiting } from './waiting.ts';

export interface LaneParts {
  readonly pool: Pool;
  readonly clock: DatabaseClock;
  /** What all lanes know of accounts that somebody else keeps locked. */
  readonly locked: LockedAccounts;
  /** Whether an account's commands come to this lane. */
  readonly owns: (key: AccountKey) => boolean;
  /** The most decisions in one transaction; a command of more has one for itself. */
  readonly batchMax: number;
}

/** How a waiting command is answered: decided on what is known, looked up first, or decided on what is stored. */
type Place = 'ahead' | 'unknown' | 'rest';

interface ClockReading {
  readonly now: Date;
}

/** How long a lane waits that has nothing but what is parked. */
const PARKED_PAUSE_MS = 10;
/** Fewer than this go together: dividing them would only add a transaction. */
const WORTH_DIVIDING = 64;
/** A batch decided ahead in vain costs as much again: after each failure in a row the lane leaves out twice as many. */
const CAREFUL_MAX = 64;

/**
 * One queue, answered by one transaction after the other. While a transaction is under way, new commands queue; the next
 * one takes them all, up to `batchMax`. An idle lane answers at once, with a batch of one.
 *
 * Where the lane knows the accounts, it decides the next batch while the last is still being written, and sends it
 * behind it: at most two are under way, and the second only when as much waits as the first has. Where it doesn't, and many
 * wait, it looks them up meanwhile. Anything else is decided on what is stored, under the locks, with nothing else under way.
 */
export class Lane {
  private readonly queue = new WaitingQueue();
  /** What couldn't be written as it was decided; it goes before the queue. */
  private readonly setBack: { readonly batch: readonly Waiting[]; readonly error: unknown }[] = [];
  private readonly known: KnownAccounts;
  private readonly clock: DatabaseClock;
  private readonly locked: LockedAccounts;
  private readonly careful: CarefulBatches;
  private readonly flights: Flights;
  private readonly pool: Pool;
  private readonly batchMax: number;
  /** Batches that were sent and have neither been answered nor set back. The lane must not rest before. */
  private aloft = 0;
  /** Whether a batch is being looked up, to come back to the queue. */
  private lookingUp = false;
  private running: Promise<void> | null = null;
  private wake: (() => void) | null = null;
  private failuresInARow = 0;
  private carefulBatchesLeft = 0;

  constructor({ pool, clock, locked, owns, batchMax }: LaneParts) {
    this.known = new KnownAccounts(owns);
    this.clock = clock;
    this.locked = locked;
    this.batchMax = batchMax;
    this.careful = new CarefulBatches({
      pool,
      known: this.known,
      clock,
      locked,
      takeQueue: () => this.queue.takeAll(),
    });
    this.pool = pool;
    this.flights = new Flights(pool);
  }

  submit(queued: Queued): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.queue.push({ queued, resolve, reject });
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
      if (this.aloft === 0 && this.careful.mustLook) this.queue.putFirst(await this.careful.look());
      const setBack = this.aloft === 0 ? this.setBack.shift() : undefined;
      if (setBack) await this.careful.answerAfter(setBack.batch, setBack.error);
      else if (this.mayStart()) await this.start();
      else if (this.aloft > 0 || this.lookingUp) await this.somethingNew();
      else if (this.careful.hasParked) await sleep(PARKED_PAUSE_MS);
    } while (this.hasWork);
    this.running = null;
  }

  private get hasWork(): boolean {
    const { queue, setBack, aloft, lookingUp, careful } = this;
    return !queue.isEmpty || setBack.length > 0 || aloft > 0 || lookingUp || careful.hasParked;
  }

  /** Whether the queue's next batch may start now. */
  private mayStart(): boolean {
    const { weight, isOpen } = this.flights;
    if (this.queue.isEmpty || this.setBack.length > 0) return false;
    if (this.aloft === 0) return true;
    return this.aloft === 1 && isOpen && !this.careful.mustLook && this.queue.weight >= weight;
  }

  private async start(): Promise<void> {
    if (!this.locked.isEmpty) this.queue.putFirst(this.careful.park(this.queue.takeAll()));
    if (this.queue.isEmpty) return;
    const now = this.carefulBatchesLeft > 0 ? null : this.clock.now();
    if (now === null) await this.startCarefully();
    else await this.startAhead(now);
  }

  private async startCarefully(): Promise<void> {
    if (this.aloft > 0) {
      this.flights.close();
      await this.somethingNew();
      return;
    }
    this.carefulBatchesLeft = Math.max(0, this.carefulBatchesLeft - 1);
    await this.careful.answer(this.queue.take(this.batchMax));
  }

  /** Sends what can be decided on what is known, looks up what is worth it, and leaves the rest to be decided carefully. */
  private async startAhead(now: number): Promise<void> {
    const isWorthLooking = this.aloft > 0 || this.queue.weight >= WORTH_DIVIDING;
    const { ahead, unknown, rest } = this.divide(this.queue.take(this.share()), now, isWorthLooking);
    const mustWait = unknown.length > 0 && this.lookingUp;
    if (mustWait) this.queue.putFirst(unknown);
    else if (unknown.length > 0) void this.lookUp(unknown);
    if (rest.length > 0) this.setBack.push({ batch: rest, error: null });
    if (ahead.length > 0) await this.fly(ahead, now);
    else if (mustWait) await this.somethingNew();
  }

  /**
   * What can be decided ahead, what could be if more were known, and the rest. Behind a command that can't, none of the same
   * account is decided ahead.
   */
  private divide(batch: readonly Waiting[], now: number, isWorthLooking: boolean): Record<Place, Waiting[]> {
    const divided: Record<Place, Waiting[]> = { ahead: [], unknown: [], rest: [] };
    const heldUp = new Map<AccountKey, Place>();
    for (const one of batch) {
      const accounts = accountsOf(one);
      const before = heldUp.size === 0 ? [] : accounts.map((key) => heldUp.get(key));
      let place: Place = 'rest';
      if (before.includes('unknown')) place = 'unknown';
      else if (!before.includes('rest')) {
        if (canDecideAhead(this.known, one.queued, now)) place = 'ahead';
        else if (isWorthLooking && !one.lookedUp && isWorthLookingUp(this.known, one.queued)) place = 'unknown';
      }
      divided[place].push(one);
      if (place !== 'ahead') for (const key of accounts) heldUp.set(key, place);
    }
    return divided;
  }

  /** Reads what isn't known while other batches are decided and written; one batch at a time. */
  private async lookUp(batch: readonly Waiting[]): Promise<void> {
    this.lookingUp = true;
    try {
      const queued = batch.map((one) => one.queued);
      this.clock.set(await lookUp(this.pool, this.known, queued));
    } catch {
      // Nothing is known then. Whoever decides these on what is stored meets the fault again, and tells of it.
    }
    this.lookingUp = false;
    this.queue.putFirst(batch.map((one) => ({ ...one, lookedUp: true })));
    this.wake?.();
  }

  /** With nothing under way, half of a long queue: the other half can then be decided while this one is written. */
  private share(): number {
    const { weight } = this.queue;
    const divides = this.aloft === 0 && weight >= WORTH_DIVIDING;
    return Math.min(this.batchMax, divides ? weight >> 1 : weight);
  }

  private async fly(batch: readonly Waiting[], now: number): Promise<void> {
    const queued = batch.map((one) => one.queued);
    const decided = decideAhead(this.known, queued, now);
    if (!decided) {
      this.setBack.push({ batch, error: null });
      return;
    }
    try {
      await this.flights.open();
      this.aloft += 1;
      void this.land(batch, decided);
    } catch (error) {
      // Whether the database can't be reached is found out again, and told, by who decides on what is stored.
      this.notWritten(batch, decided, error);
    }
  }

  private async land(batch: readonly Waiting[], decided: DecidedAhead): Promise<void> {
    try {
      const [clock] = await this.flights.send<ClockReading>(decided.statements, weightOf(batch));
      if (clock) this.clock.set(clock.now.getTime());
      this.failuresInARow = 0;
      resolveAll(batch, decided.answers);
    } catch (error) {
      const isUnknown = error instanceof LedgerUnavailable;
      this.notWritten(isUnknown ? batch.map((one) => ({ ...one, doubt: decided.changed })) : batch, decided, error);
    }
    this.aloft -= 1;
    this.wake?.();
  }

  private notWritten(batch: readonly Waiting[], { accounts }: DecidedAhead, error: unknown): void {
    this.known.forget(accounts);
    this.setBack.push({ batch, error });
    // A request that was answered before says nothing about the others to come.
    if (sqlStateOf(error) === ANSWERED_BEFORE) return;
    // Somebody else is busy with the same accounts, or has set the clock.
    this.clock.doubt();
    this.failuresInARow += 1;
    this.carefulBatchesLeft = Math.min(2 ** this.failuresInARow, CAREFUL_MAX);
  }

  /** Resolves when a batch has landed or was looked up, or enough waits for another to start. */
  private somethingNew(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = null;
        resolve();
      };
    });
  }
}
