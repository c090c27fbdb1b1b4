import type { Pool } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountName, type AccountSet } from '../accounts.ts';
import type { Post } from '../send-all.ts';

/** How many holds lapse each second: a small part of what the service decides. */
const PER_SECOND = 300;
/** Accounts that were just written to are left to those who write to them, so the first holds lapse only then. */
const FIRST_AFTER_S = 10;
/** By then the service is at its sweeps when the measurement begins. */
const LEAD_S = 1;
/** No other hold of a run ends this soon. */
const ENDS_WITHIN = `interval '10 minutes'`;
const PATIENCE_MS = 120_000;

/** Holds of many accounts that lapse second after second while a stage is measured. */
export class LapsingHolds {
  readonly posts: readonly Post[];
  readonly #pool: Pool;
  #startAt = 0;

  constructor(pool: Pool, accounts: AccountSet, seconds: number) {
    this.#pool = pool;
    const count = PER_SECOND * Math.ceil(LEAD_S + seconds + 1);
    this.posts = Array.from({ length: count }, (_, index) => {
      const account = accountName(accounts, index % accounts.count);
      const expiresIn = FIRST_AFTER_S + Math.floor(index / PER_SECOND);
      return {
        path: '/v1/authorizations',
        body: `{"account":"${account}","amount":"0.5","expires_in":${expiresIn}}`,
      };
    });
    this.#startAt = performance.now() + 1000 * (FIRST_AFTER_S + LEAD_S);
  }

  /** Waits until they have begun to lapse. */
  async haveBegun(): Promise<void> {
    await sleep(Math.max(0, this.#startAt - performance.now()));
  }

  /** How many of them the service has booked. */
  async booked(): Promise<number> {
    return this.posts.length - (await this.#count(`expires_at < now() + ${ENDS_WITHIN}`));
  }

  /** Waits until the service has booked all of them, so that the next stage finds none. */
  async areAllBooked(): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    while ((await this.#count(`expires_at < now() + ${ENDS_WITHIN}`)) > 0) {
      if (performance.now() > until) throw new Error('holds are still unbooked two minutes after they lapsed');
      await sleep(100);
    }
  }

  async #count(condition: string): Promise<number> {
    const { rows } = await this.#pool.query<{ count: string }>(
      `select count(*) as count from holds where ${condition}`,
    );
    return Number(rows[0]?.count);
  }
}
