import type { Pool } from '#database';
import { windowOf } from '#calendar';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS } from '../open-over-http.ts';
import { sendAll } from '../send-all.ts';

/** Longer than any sweep may take. */
const PATIENCE_MS = 300_000;
const EVERY_MS = 50;

/** How a month has begun for accounts with allowances. */
export interface BegunMonth {
  /** The allowances that were granted for it. */
  readonly granted: number;
  /** From its first second on, until all of them were. */
  readonly bookedInMs: number;
}

/** The first second of a month, by the test clock: at that moment, the allowance of every account in `test` is due. */
export class NewMonth {
  readonly #pool: Pool;
  readonly #url: string;
  #first = new Date(0);
  #booked: Promise<BegunMonth> | null = null;

  constructor(pool: Pool, url: string) {
    this.#pool = pool;
    this.#url = url;
  }

  /** Advances the test clock to it, and watches what comes of it. */
  async begin(): Promise<void> {
    const { rows } = await this.#pool.query<{ ahead_ms: string }>(
      `select ahead_ms from test_clocks where environment = 'test' order by number desc limit 1`,
    );
    const now = Date.now() + Number(rows[0]?.ahead_ms ?? 0);
    const { end } = windowOf('month', 'UTC', now);
    if (end === null) throw new Error('a month ends');
    this.#first = new Date(end);
    const body = JSON.stringify({ seconds: Math.ceil((end - now) / 1000) });
    await sendAll(this.#url, KEYS.test, [{ path: '/v1/test-clock/advance', body }]);
    this.#booked = this.#watch(performance.now());
    // Where the stage fails, nobody waits for it.
    this.#booked.catch(() => undefined);
  }

  /** Waits until the allowances of all accounts are granted, by whoever it was. */
  async isBooked(): Promise<BegunMonth> {
    if (!this.#booked) throw new Error('the month has not begun');
    return await this.#booked;
  }

  async #watch(startedAt: number): Promise<BegunMonth> {
    while ((await this.#count('account_refills where due_at <= $1')) > 0) {
      if (performance.now() > startedAt + PATIENCE_MS) throw new Error('allowances are overdue for five minutes');
      await sleep(EVERY_MS);
    }
    const bookedInMs = performance.now() - startedAt;
    return { granted: await this.#count('grants where period is not null and effective_at = $1'), bookedInMs };
  }

  async #count(which: string): Promise<number> {
    const { rows } = await this.#pool.query<{ count: string }>(`select count(*) as count from ${which}`, [this.#first]);
    return Number(rows[0]?.count);
  }
}
