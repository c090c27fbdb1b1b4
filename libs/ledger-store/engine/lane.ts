import type { AccountKey } from '#ledger';
import { AccountCache } from '../load/account-cache.ts';
import { BatchRefused, type ClockReading } from '../load/guards.ts';
import { weightOfNext, weightOfOthers } from './batch-size.ts';
import { Contention } from './contention.ts';
import { DatabaseClock } from './database-clock.ts';
import { canBeDecidedAhead, decideAhead, type DecidedAhead } from './decide-ahead.ts';
import { NeedsLeases, NeedsLocks } from './decide-batch.ts';
import type { EngineObserver } from './engine-observer.ts';
import { Filling } from './filling.ts';
import type { LaneOptions } from './lane-options.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import { LockQueue } from './lock-queue.ts';
import { LockedAccounts } from './locked-accounts.ts';
import { LockedBatches } from './locked-batches.ts';
import { nextTurn } from './next-turn.ts';
import { noteRefusal } from './note-refusal.ts';
import { Pipeline } from './pipeline.ts';
import { Refilling } from './refilling.ts';
import type { Answer, Queued } from './submission.ts';
import { Suspicion } from './suspicion.ts';
import { accountsOf, arrived, resolveAll, weightOf, type Waiting } from './waiting.ts';
import { isLive, WorkQueue } from './work-queue.ts';
import type { WriteHealth } from './write-health.ts';

interface FailedBatch {
  readonly batch: readonly Waiting[];
  readonly decided: DecidedAhead;
  readonly error: unknown;
}

const NOTHING_DECIDED: Pick<DecidedAhead, 'revenue' | 'declined'> = { revenue: [], declined: [] };

/** How often a command is looked at again without locks. */
const ATTEMPTS_MAX = 3;
/** How many batches may be in flight. */
const IN_FLIGHT_MAX = 2;
/** How long a lane waits that has nothing but what is parked. */
const PARKED_PAUSE_MS = 10;

/**
 * Decides the commands of all accounts of a database, batch by batch. The README beside this file draws the states that a
 * command goes through.
 */
export class Lane {
  private readonly batchMax: number;
  private readonly observer: EngineObserver;
  private readonly writeHealth: WriteHealth;
  private readonly clock: DatabaseClock;
  private readonly cache: AccountCache;
  private readonly contention = new Contention();
  private readonly pipeline: Pipeline;
  private readonly filling: Filling;
  private readonly refilling: Refilling;
  private readonly lockQueue = new LockQueue();
  private readonly locked: LockedBatches;
  /** What has just come. */
  private arrived: Waiting[] = [];
  /** What can be decided ahead, as far as was known when it came. */
  private readonly ready = new WorkQueue();
  /** Batches that conflicted or were lost, in the order in which they were sent. */
  private failed: FailedBatch[] = [];
  /** That keys of requests are known, because they were answered before. */
  private readonly knownKeys = new Suspicion();
  /** That windows by value are stored which aren't cached. */
  private readonly knownWindows = new Suspicion();
  /**
   * Batches that were sent and have neither been answered nor put among those that failed. One that has left the pipeline may
   * not have come so far yet; the lane must not rest before.
   */
  private unsettled = 0;
  private isFilling = false;
  private isRefilling = false;
  private isLocking = false;
  private running: Promise<void> | null = null;
  private wake: (() => void) | null = null;

  constructor({ pool, rules, batchMax, windowsMax, passed, observer, writeHealth, log }: LaneOptions) {
    this.batchMax = batchMax;
    this.observer = observer;
    this.writeHealth = writeHealth;
    this.clock = new DatabaseClock(passed);
    this.pipeline = new Pipeline(pool);
    const isInFlight = (account: AccountKey): boolean => this.pipeline.has(account);
    this.cache = new AccountCache({ rules, isInFlight, windowsMax });
    const { cache, clock, knownWindows } = this;
    // Whoever starts knows nothing of what was counted before.
    knownWindows.raise();
    this.filling = new Filling({ pool, cache, clock, batchMax, knownWindows, log });
    this.refilling = new Refilling({ leases: rules.leases, submit: (command) => this.submit(command) });
    const locked = new LockedAccounts(pool);
    this.locked = new LockedBatches({
      pool,
      cache,
      clock,
      locked,
      takeAll: () => this.takeAll(),
      refilling: this.refilling,
      observer,
      writeHealth,
    });
  }

  submit(queued: Queued): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.arrived.push(arrived(queued, resolve, reject));
      if (this.running) this.wake?.();
      else this.running = this.run();
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
      this.routeAll(this.arrived.splice(0));
      if (this.unsettled === 0) this.routeFailed();
      this.startLocked();
      this.startFilling();
      void this.refill();
      if (this.mayDecide()) await this.decideNext();
      else if (this.hasWork) await this.somethingNew();
    } while (this.hasWork);
    this.running = null;
  }

  private get hasWork(): boolean {
    const isBusy = this.unsettled > 0 || this.isFilling || this.isRefilling || this.isLocking;
    const isWaiting =
      !this.filling.isEmpty ||
      !this.refilling.isEmpty ||
      !this.lockQueue.isEmpty ||
      this.locked.hasParked ||
      !this.ready.isEmpty;
    return isBusy || isWaiting || this.arrived.length > 0 || this.failed.length > 0;
  }

  private routeAll(commands: readonly Waiting[]): void {
    const now = this.clock.now();
    for (const one of commands) this.route(one, now);
  }

  /** Sends a command where it can be decided, or where what it lacks is found. */
  private route(one: Waiting, now: number | null): void {
    if (this.locked.isStuck(one)) this.locked.park(one);
    else if (this.lockQueue.isReserved(one)) this.lockQueue.pushBehind(one);
    else if (this.mustLock(one, now)) this.lockQueue.push(one);
    else if (this.mustFill(one, now)) this.filling.push(one);
    else this.ready.push(one);
  }

  private mustLock(one: Waiting, now: number | null): boolean {
    if (one.needsLocks || one.attempts >= ATTEMPTS_MAX || !canBeDecidedAhead(one.queued)) return true;
    for (const account of accountsOf(one)) {
      // What time has done to it can only be booked under its lock.
      if (now !== null && this.cache.isOutdated(account, now)) return true;
      if (this.contention.isContended(account)) return true;
    }
    return one.queued.needs.authorizations.some((id) => this.cache.landsLate(id));
  }

  private mustFill(one: Waiting, now: number | null): boolean {
    // What was looked up once is looked at again only if a guard finds it.
    const isNew = one.attempts === 0;
    one.needsKey ||= this.knownKeys.isRaised && isNew && one.queued.key !== null;
    if (one.needsKey || now === null || !this.cache.covers(one.queued.needs, now)) return true;
    one.needsWindows ||= this.knownWindows.isRaised && isNew && this.cache.asksForUnknown(one.queued.command, now);
    return one.needsWindows;
  }

  private startLocked(): void {
    if (this.isLocking) return;
    if (this.locked.mustLook) {
      void this.whileLocking(async () => this.routeAll(await this.locked.look()));
      return;
    }
    const next = this.lockQueue.next((account) => this.pipeline.has(account), this.batchMax);
    if (!next) return;
    void this.whileLocking(async () => {
      await this.locked.answer(next);
      this.contention.wereLocked(next.batch.flatMap(accountsOf));
      this.routeAll(this.lockQueue.ended());
    });
  }

  private async whileLocking(work: () => Promise<void>): Promise<void> {
    this.isLocking = true;
    await work();
    this.isLocking = false;
    this.wake?.();
  }

  private startFilling(): void {
    if (!this.isFilling && this.filling.mayStart(this.pipeline.lastEnded)) void this.fill();
  }

  private async fill(): Promise<void> {
    this.isFilling = true;
    this.routeAll(await this.filling.read(this.pipeline.lastEnded));
    this.isFilling = false;
    this.cache.batchesEnded(this.filling.seen(this.pipeline.lastEnded));
    this.wake?.();
  }

  private async refill(): Promise<void> {
    if (this.isRefilling || this.refilling.isEmpty) return;
    this.isRefilling = true;
    this.routeAll(await this.refilling.refill());
    this.isRefilling = false;
    this.wake?.();
  }

  /** Whether the next batch may be decided now: the second in flight only when as much waits as the first has. */
  private mayDecide(): boolean {
    const { weight, isOpen } = this.pipeline;
    if (this.ready.isEmpty || this.failed.length > 0) return false;
    return this.unsettled === 0 || (this.unsettled < IN_FLIGHT_MAX && isOpen && this.ready.weight >= weight);
  }

  private async decideNext(): Promise<void> {
    try {
      await this.pipeline.open();
    } catch {
      // Whether the database can't be reached is found out again, and reported, by a locked batch.
      this.lock(this.ready.take(weightOfNext(this.ready, this.pipeline, this.batchMax)));
      return;
    }
    if (!this.pipeline.isConnected) return;
    const now = this.clock.now();
    const batch: Waiting[] = [];
    const weightMax = weightOfNext(this.ready, this.pipeline, this.batchMax);
    for (const one of this.ready.take(weightMax, weightOfOthers(this.ready, this.pipeline, this.batchMax))) {
      const isStillReady = now !== null && this.cache.covers(one.queued.needs, now) && !this.lockQueue.isReserved(one);
      if (isStillReady) batch.push(one);
      else this.route(one, now);
    }
    if (batch.length > 0 && now !== null) this.send(batch, now);
    this.pipeline.closeUnused();
  }

  private send(batch: readonly Waiting[], now: number): void {
    const startedAt = performance.now();
    const decided = this.decide(batch, now);
    if (!decided) return;
    const sent = batch.filter((_, index) => decided.answers[index] !== null);
    const left = batch.filter((_, index) => decided.answers[index] === null);
    this.lock(this.refilling.pushAll(left, decided.lacking));
    if (sent.length === 0) {
      // What was leased for them isn't taken with them.
      if (decided.changed.size > 0) this.cache.forget(decided.accounts);
      return;
    }
    this.knownKeys.batchSent();
    this.knownWindows.batchSent();
    void this.settle(sent, { ...decided, answers: decided.answers.filter((answer) => answer !== null) }, startedAt);
  }

  private decide(batch: readonly Waiting[], now: number): DecidedAhead | null {
    const commands = batch.map(({ queued }) => queued);
    try {
      return decideAhead(this.cache, commands, now, this.pipeline.lastNumber + 1);
    } catch (error) {
      if (error instanceof NeedsLeases) {
        this.routeAll(this.refilling.pushAll(batch, error.lacking));
        return null;
      }
      // Whatever is wrong with one of the commands comes up again under locks, where its neighbours don't suffer for it.
      const culprit = error instanceof NeedsLocks ? error.command : null;
      this.lock(batch.filter(({ queued }) => culprit === null || queued === culprit));
      this.routeAll(batch.filter(({ queued }) => culprit !== null && queued !== culprit));
      return null;
    }
  }

  private lock(batch: readonly Waiting[]): void {
    for (const one of batch) one.needsLocks = true;
    this.routeAll(batch);
  }

  private async settle(batch: readonly Waiting[], decided: DecidedAhead, startedAt: number): Promise<void> {
    const { guards, writes, accounts, answers } = decided;
    const decisions = weightOf(batch);
    const liveWeight = weightOf(batch.filter(isLive));
    this.unsettled += 1;
    let how: 'ahead' | 'conflicted' = 'ahead';
    try {
      const sending = { guards, writes, accounts: new Set(accounts), weight: decisions, liveWeight };
      const clock = await this.pipeline.send<ClockReading>(sending);
      if (clock) this.clock.set(clock.now.getTime());
      if (writes.length > 0) this.writeHealth.written();
      this.contention.wentWell(accounts);
      resolveAll(batch, answers as readonly Answer[]);
    } catch (error) {
      how = 'conflicted';
      this.cache.forget(accounts);
      this.failed.push({ batch, decided, error });
    }
    this.unsettled -= 1;
    this.cache.batchesEnded(this.filling.seen(this.pipeline.lastEnded));
    this.wake?.();
    const { revenue, declined } = how === 'ahead' ? decided : NOTHING_DECIDED;
    this.observer.onBatch({ decisions, milliseconds: performance.now() - startedAt, how, revenue, declined });
  }

  /** Called when nothing is in flight any more: whatever was sent behind a batch that failed has failed too. */
  private routeFailed(): void {
    for (const one of this.failed.splice(0)) this.routeAfter(one);
  }

  private routeAfter({ batch, decided, error }: FailedBatch): void {
    if (error instanceof LedgerUnavailable) {
      this.lockQueue.pushUnknown(batch, decided.changed);
      return;
    }
    if (error instanceof BatchRefused) {
      const { contention, knownKeys, knownWindows, clock } = this;
      noteRefusal(batch, error, { contention, knownKeys, knownWindows, clock });
    } else for (const one of batch) one.needsLocks = true;
    this.routeAll(batch);
  }

  /** Takes whatever is neither being decided nor parked. */
  private takeAll(): readonly Waiting[] {
    return [
      ...this.arrived.splice(0),
      ...this.ready.takeAll(),
      ...this.filling.takeAll(),
      ...this.refilling.takeAll(),
      ...this.lockQueue.takeAll(),
    ];
  }

  /** Resolves when a batch or a reading has ended, or something has come. */
  private somethingNew(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.locked.hasParked ? setTimeout(() => this.wake?.(), PARKED_PAUSE_MS) : undefined;
      this.wake = () => {
        this.wake = null;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
