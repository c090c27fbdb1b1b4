import type { Pool } from '#database';
import { NO_RULES, type AccountKey, type LedgerRules, type CommandType } from '#ledger';
import { DatabaseClock } from './database-clock.ts';
import type { EngineLoad, EngineObserver } from './engine-observer.ts';
import { Lane } from './lane.ts';
import { ledgerPool } from './ledger-pool.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import { LockedAccounts } from './locked-accounts.ts';
import { queued, type Answer, type Submission } from './submission.ts';

export interface EngineOptions {
  readonly databaseUrl: string;
  readonly log: (line: string) => void;
  /**
   * How many queues, each with a connection of its own; an account's commands always share one. A process decides on one
   * thread, so more lanes only divide its batches: with one, batches over 10 000 accounts were twice as fast as with four
   * (17 000 against 9 500 authorizations/s on 2 cores), and pairs a fifth faster. More processes are the way to more.
   */
  readonly lanes?: number;
  /** The most decisions in one transaction. A larger batch request runs alone. */
  readonly batchMax?: number;
  /** The most decisions waiting, over all lanes; beyond it requests are refused at once. A long request counts for more. */
  readonly queueMax?: number;
  /** What holds for all accounts. The alert rules may change at any time. */
  readonly rules?: LedgerRules;
  /** Milliseconds that pass as they do for the database, from whatever beginning. */
  readonly passed?: () => number;
  readonly observer?: EngineObserver;
}

/**
 * A request of more characters per decision takes longer to write, and more memory while it waits. So the queue holds at
 * most 10 MB.
 */
const LENGTH_OF_A_DECISION = 512;
/** Below a full queue, because one that is too full for a batch of hundreds has room for single requests. */
const BUSY_PART = 0.9;

/**
 * The one way in for every change of a balance. It gathers commands into lanes by account; a lane decides many of them
 * in one transaction (group commit). Any number of processes may run an engine on one database: row locks keep them right.
 */
export class Engine {
  private readonly pool: Pool;
  private readonly lanes: readonly Lane[];
  private readonly queueMax: number;
  private waiting = 0;
  private stopping = false;

  constructor({
    databaseUrl,
    log,
    lanes = 1,
    batchMax = 512,
    queueMax = 20_000,
    rules = NO_RULES,
    passed = () => performance.now(),
    observer,
  }: EngineOptions) {
    this.pool = ledgerPool(databaseUrl, lanes, log);
    const clock = new DatabaseClock(passed);
    const locked = new LockedAccounts(this.pool);
    this.lanes = Array.from({ length: lanes }, (_, index) => {
      const owns = (key: AccountKey): boolean => laneOf(key, lanes) === index;
      return new Lane({ pool: this.pool, clock, locked, owns, rules, batchMax, observer });
    });
    this.queueMax = queueMax;
  }

  /**
   * Decides a command and makes the decision durable, once per idempotency key.
   *
   * @throws {LedgerUnavailable} where the queue is full, the database is away, or the outcome of a commit is unknown.
   */
  async submit<T extends CommandType>(submission: Submission<T>): Promise<Answer> {
    if (this.stopping) throw new LedgerUnavailable('stopping');
    const command = queued(submission);
    const room = Math.max(command.weight, Math.ceil((submission.length ?? 0) / LENGTH_OF_A_DECISION));
    if (this.waiting + room > this.queueMax) throw new LedgerUnavailable('queue_full');
    this.waiting += room;
    try {
      // Where the idempotency key is kept, so that two requests with one key meet in one lane.
      const account = command.key?.scope ?? command.needs.accounts[0] ?? '0';
      const lane = this.lanes[laneOf(account, this.lanes.length)];
      if (!lane) throw new Error('an engine needs a lane');
      return await lane.submit(command);
    } finally {
      this.waiting -= room;
    }
  }

  /** Whether new work would have to wait for long, or be refused: a request may as well be refused before it is read. */
  get isBusy(): boolean {
    return this.waiting >= this.queueMax * BUSY_PART;
  }

  get load(): EngineLoad {
    const { totalCount, idleCount, options } = this.pool;
    return {
      waiting: this.waiting,
      waitingMax: this.queueMax,
      connections: totalCount - idleCount,
      connectionsMax: options.max,
    };
  }

  /** Refuses new commands, answers those under way, and closes its connections. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.lanes.map((lane) => lane.drain()));
    await this.pool.end();
  }
}

/** A key is a number with more digits than JavaScript's numbers have; the last ones are as random as the rest. */
function laneOf(account: AccountKey, lanes: number): number {
  return Number(account.slice(-9)) % lanes;
}
