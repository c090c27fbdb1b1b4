import type { Pool } from '#database';
import type { CommandType } from '#ledger';
import {
  AccountCache,
  ledgerPool,
  queued,
  runLocked,
  type Answer,
  type EngineLoad,
  type Submission,
  WriteHealth,
} from '#ledger-store';

/** As many clients as `pgbench -c 16` has. More would wait for the same row locks. */
const CONNECTIONS = 16;

/** What the engine is measured against: the same statements and decisions, one transaction per request. */
export class OneByOneEngine {
  readonly writeHealth = new WriteHealth();
  readonly #pool: Pool;

  constructor(databaseUrl: string, log: (line: string) => void) {
    this.#pool = ledgerPool(databaseUrl, CONNECTIONS, log);
    // Here requests wait for each other's row locks; they are not to be refused for that.
    this.#pool.on('connect', (client) => void client.query(`set lock_timeout = '10s'`));
  }

  /** Whatever comes waits for a connection. */
  isBusyFor(): boolean {
    return false;
  }

  /** Nobody looks on: there are no batches. */
  observe(): void {}

  get load(): EngineLoad {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return {
      waiting: waitingCount,
      waitingMax: Number.POSITIVE_INFINITY,
      connections: totalCount - idleCount,
      connectionsMax: CONNECTIONS,
    };
  }

  async submit<T extends CommandType>(submission: Submission<T>): Promise<Answer> {
    // Nothing is cached: another transaction may have changed the account since.
    const cache = new AccountCache({ weightMax: 0 });
    const { answers } = await runLocked(this.#pool, [queued(submission)], { cache });
    const [answer] = answers;
    if (!answer) throw new Error('a submission was left without an answer');
    return answer;
  }

  async stop(): Promise<void> {
    await this.#pool.end();
  }
}
