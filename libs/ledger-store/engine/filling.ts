import type { Pool } from '#database';
import { isByValue } from '#ledger';
import type { AccountCache } from '../load/account-cache.ts';
import { fillAccounts, type Missing } from '../load/fill-accounts.ts';
import { fillWindows } from '../load/fill-windows.ts';
import type { Filled } from '../load/filled.ts';
import { wantedPrices } from '../prices/wanted-prices.ts';
import { inSnapshot } from '../read/snapshot.ts';
import type { DatabaseClock } from './database-clock.ts';
import { answerAgain } from './decide-batch.ts';
import { failureOf } from './failures.ts';
import type { Suspicion } from './suspicion.ts';
import { accountsOf, type Waiting } from './waiting.ts';
import { WorkQueue } from './work-queue.ts';

export interface FillingParts {
  readonly pool: Pool;
  readonly cache: AccountCache;
  readonly clock: DatabaseClock;
  /** The most decisions for which something is read at once. */
  readonly batchMax: number;
  /** Raised where windows by value were found. */
  readonly knownWindows: Suspicion;
  readonly log: (line: string) => void;
}

/**
 * Reads what commands need and the cache hasn't: cold accounts, authorizations, windows by value, keys that a guard has found. It takes
 * no locks and holds up nobody; meanwhile batches go on, and more commands gather for the next reading.
 */
export class Filling {
  private readonly parts: FillingParts;
  private readonly waiting = new WorkQueue();
  /** Those that need an authorization which a batch in flight has closed. It can't be read before that batch has ended. */
  private tooEarly: Waiting[] = [];
  /** The last batch that had ended when the reading under way began. */
  private readsSince: number | null = null;

  constructor(parts: FillingParts) {
    this.parts = parts;
  }

  get isEmpty(): boolean {
    return this.waiting.isEmpty && this.tooEarly.length === 0 && this.readsSince === null;
  }

  /** Of batches up to this one it is known whether a reading has seen them. */
  seen(lastEnded: number): number {
    return Math.min(lastEnded, this.readsSince ?? lastEnded);
  }

  push(one: Waiting): void {
    this.waiting.push(one);
  }

  takeAll(): readonly Waiting[] {
    return [...this.waiting.takeAll(), ...this.tooEarly.splice(0)];
  }

  /** Whether there is something to read, and nothing is being read. */
  mayStart(lastEnded: number): boolean {
    if (this.readsSince !== null) return false;
    return !this.waiting.isEmpty || this.tooEarly.some((one) => this.canBeRead(one, lastEnded));
  }

  /**
   * Reads what is missing.
   *
   * @returns the commands that can go on now. One whose key is known is answered; one that can't be decided ahead needs locks
   */
  async read(lastEnded: number): Promise<readonly Waiting[]> {
    const batch = this.take(lastEnded);
    if (batch.length === 0) return batch;
    const { pool, cache, clock, knownWindows } = this.parts;
    this.readsSince = lastEnded;
    try {
      const missing = this.missingOf(batch);
      const commands = batch.map(({ queued }) => queued);
      const filled = await inSnapshot(pool, async (client) => {
        const found = await fillAccounts(client, missing, cache.rules);
        return fillWindows(client, found, { cache, commands });
      });
      clock.set(filled.now);
      if (filled.windows.some(isByValue)) knownWindows.raise();
      cache.learnFilled(filled, lastEnded);
      await this.ensurePrices(batch);
      return this.goOn(batch, missing, filled);
    } catch (error) {
      // Whether the database can't be reached is found out again, and reported, by a locked batch.
      if (failureOf(error) === 'poisoned') this.parts.log(`Accounts could not be read ahead: ${String(error)}`);
      for (const one of batch) one.needsLocks = true;
      return batch;
    } finally {
      this.readsSince = null;
    }
  }

  private async ensurePrices(batch: readonly Waiting[]): Promise<void> {
    const { state, rules } = this.parts.cache;
    const needs = batch.map(({ queued }) => queued.needs);
    const accounts = new Set(needs.flatMap((one) => one.accounts));
    const authorizations = new Set(needs.flatMap((one) => one.authorizations));
    const wanted = wantedPrices(
      [...accounts].flatMap((key) => state.accounts.get(key) ?? []),
      [...authorizations].flatMap((id) => state.authorizations.get(id) ?? []),
      needs.flatMap(({ rateCards }) => rateCards),
      rules.plans,
    );
    if (wanted.length > 0) await rules.prices.ensure(wanted);
  }

  private canBeRead({ queued: { needs } }: Waiting, lastEnded: number): boolean {
    return needs.authorizations.every((id) => !this.parts.cache.isGone(id, lastEnded));
  }

  private take(lastEnded: number): readonly Waiting[] {
    for (const one of this.tooEarly.splice(0)) this.waiting.push(one);
    const taken: Waiting[] = [];
    for (const one of this.waiting.take(this.parts.batchMax)) {
      (this.canBeRead(one, lastEnded) ? taken : this.tooEarly).push(one);
    }
    return taken;
  }

  private missingOf(batch: readonly Waiting[]): Missing {
    const { cache } = this.parts;
    const authorizations = new Set(batch.flatMap(({ queued }) => queued.needs.authorizations));
    return {
      accounts: [...new Set(batch.flatMap(accountsOf))].filter((key) => !cache.has(key)),
      authorizations: [...authorizations].filter((id) => !cache.knowsAuthorization(id)),
      keys: batch.flatMap(({ needsKey, queued: { key } }) => (needsKey && key ? [key] : [])),
      clocks: batch.some(({ queued }) => queued.needs.testClocks.length > 0),
    };
  }

  private goOn(batch: readonly Waiting[], missing: Missing, filled: Filled): readonly Waiting[] {
    const known = new Map(filled.keys.map((row) => [`${row.account_id}/${row.key}`, row]));
    const unfilled = new Set(missing.accounts.filter((key) => !filled.accounts.has(key)));
    return batch.filter((one) => {
      const { key } = one.queued;
      const earlier = one.needsKey && key && known.get(`${key.scope}/${key.key}`);
      if (earlier) {
        one.resolve(answerAgain(one.queued, earlier));
        return false;
      }
      one.needsKey = false;
      one.needsWindows = false;
      one.attempts += 1;
      one.needsLocks ||= accountsOf(one).some((account) => unfilled.has(account));
      return true;
    });
  }
}
