import type { Pool } from '#database';
import type { CommandType } from '#ledger';
import { NO_STORE_RULES, type StoreRules } from '../prices/price-source.ts';
import { Admission } from './admission.ts';
import type { EngineLoad, EngineObserver } from './engine-observer.ts';
import { Lane } from './lane.ts';
import { LANE_CONNECTIONS, ledgerPool } from './ledger-pool.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import { queued, type Answer, type Submission } from './submission.ts';
import { WriteHealth } from './write-health.ts';

export interface EngineOptions {
  readonly databaseUrl: string;
  readonly log: (line: string) => void;
  /** The most decisions in one transaction. A larger batch request runs alone. */
  readonly batchMax?: number;
  /** The most decisions waiting; beyond it requests are refused at once. A long request counts for more. */
  readonly queueMax?: number;
  /** The most windows by value that are remembered, see `CachedWindows`. */
  readonly windowsMax?: number;
  /** What holds for all accounts. The alert rules may change at any time. */
  readonly rules?: StoreRules;
  /** Milliseconds that pass as they do for the database, from whatever beginning. */
  readonly passed?: () => number;
  readonly observer?: EngineObserver;
}

/**
 * The one way in for every change of a balance. It admits commands, up to a bound, to its lane, which decides many of them in
 * one transaction (group commit). A process decides on one thread, so one lane serves a database best. Any number of processes
 * may run an engine on one database: row locks keep them right.
 */
export class Engine {
  readonly writeHealth = new WriteHealth();
  private readonly pool: Pool;
  private readonly lane: Lane;
  private readonly admission: Admission;
  private readonly observers: EngineObserver[] = [];
  private stopping = false;

  constructor({
    databaseUrl,
    log,
    batchMax = 512,
    queueMax = 20_000,
    windowsMax,
    rules = NO_STORE_RULES,
    passed = () => performance.now(),
    observer,
  }: EngineOptions) {
    this.pool = ledgerPool(databaseUrl, LANE_CONNECTIONS, log);
    this.lane = new Lane({
      pool: this.pool,
      rules,
      batchMax,
      windowsMax,
      passed,
      observer: this.allObservers(),
      writeHealth: this.writeHealth,
      log,
    });
    this.admission = new Admission(queueMax);
    if (observer) this.observe(observer);
  }

  /**
   * Decides a command and makes the decision durable, once per idempotency key.
   *
   * @throws {LedgerUnavailable} where the queue is full, the database is away, or the outcome of a commit is unknown.
   */
  async submit<T extends CommandType>(submission: Submission<T>): Promise<Answer> {
    if (this.stopping) throw new LedgerUnavailable('stopping');
    const command = queued(submission);
    const place = this.admission.admit(command, submission.length ?? 0);
    if (!place) throw new LedgerUnavailable('queue_full');
    try {
      return await this.lane.submit(command);
    } finally {
      this.admission.leave(place);
    }
  }

  /** From now on it sees every batch. */
  observe(observer: EngineObserver): void {
    this.observers.push(observer);
  }

  private allObservers(): EngineObserver {
    return {
      onBatch: (batch) => {
        for (const observer of this.observers) observer.onBatch(batch);
      },
    };
  }

  /**
   * Whether a request of this many characters would have to wait for long, or be refused: it may as well be refused before it
   * is read.
   */
  isBusyFor(length: number): boolean {
    return this.admission.isBusyFor(length);
  }

  get load(): EngineLoad {
    const { totalCount, idleCount, options } = this.pool;
    return {
      ...this.admission.load,
      connections: totalCount - idleCount,
      connectionsMax: options.max,
    };
  }

  /** Refuses new commands, answers those under way, and closes its connections. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.lane.drain();
    await this.pool.end();
  }
}
