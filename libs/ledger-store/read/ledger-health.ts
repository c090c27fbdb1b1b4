import { SingleFlight } from '#background';
import { pendingMigrations, type Pool } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteHealth } from '../engine/write-health.ts';
import { tryToWrite } from '../write/try-to-write.ts';

/** Whoever asks gives up after some seconds; "no answer" is then the answer. */
const PATIENCE_MS = 3_000;
/** Anyone may ask, and each try writes some pages. */
const TRY_EVERY_MS = 500;

export type Readiness =
  | { readonly database: 'ok' | 'unwritable'; readonly migrations: 'ok' | 'pending' }
  | { readonly database: 'unreachable'; readonly migrations: 'unknown' };

const UNREACHABLE: Readiness = { database: 'unreachable', migrations: 'unknown' };

/** Whether the ledger can do its work. */
export class LedgerHealth {
  private readonly looking = new SingleFlight<Readiness>();
  private logged = 'ok';
  private triedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly pool: Pool,
    private readonly writes: WriteHealth,
    private readonly log: (line: string) => void,
  ) {}

  /** Anyone may ask, as often as they like, so all who ask at once share one look. */
  check(): Promise<Readiness> {
    return this.looking.run(() => this.look());
  }

  private async look(): Promise<Readiness> {
    const patience = new AbortController();
    try {
      return await Promise.race([this.ask(), giveUp(patience.signal)]);
    } finally {
      patience.abort();
    }
  }

  private async ask(): Promise<Readiness> {
    try {
      const pending = await pendingMigrations(this.pool);
      if (pending.length > 0) {
        this.report(
          'pending',
          `The database lacks migrations of this version: ${pending.join(', ')}. Run "purser migrate".`,
        );
        return { database: 'ok', migrations: 'pending' };
      }
    } catch (error) {
      this.report('unknown', `The database is unreachable: ${String(error)}`);
      return UNREACHABLE;
    }
    const database = (await this.isWritable()) ? 'ok' : 'unwritable';
    if (database === 'ok') this.logged = 'ok';
    else this.report(database, `Nothing can be written to the database: ${String(this.writes.reason)}`);
    return { database, migrations: 'ok' };
  }

  /**
   * Goes by what became of the last change, so that it costs nothing while all is well. A process that isn't ready gets no more
   * requests by which it would learn that it can write again, so then it tries by itself.
   */
  private async isWritable(): Promise<boolean> {
    if (!this.writes.isFailing) return true;
    if (performance.now() - this.triedAt < TRY_EVERY_MS) return false;
    this.triedAt = performance.now();
    try {
      await tryToWrite(this.pool);
      this.writes.written();
    } catch (error) {
      this.writes.failed(error);
    }
    return !this.writes.isFailing;
  }

  /** Once for each time that it changes: anyone may ask, and nobody shall fill the log by asking. */
  private report(state: string, line: string): void {
    if (state !== this.logged) this.log(line);
    this.logged = state;
  }
}

async function giveUp(signal: AbortSignal): Promise<Readiness> {
  return sleep(PATIENCE_MS, UNREACHABLE, { signal, ref: false });
}
