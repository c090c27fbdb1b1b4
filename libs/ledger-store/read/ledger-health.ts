import { SingleFlight } from '#background';
import { pendingMigrations, type Pool } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whoever asks gives up after some seconds; "no answer" is then the answer. */
const PATIENCE_MS = 3_000;

export type Readiness =
  | { readonly database: 'ok'; readonly migrations: 'ok' | 'pending' }
  | { readonly database: 'unreachable'; readonly migrations: 'unknown' };

const UNREACHABLE: Readiness = { database: 'unreachable', migrations: 'unknown' };

/** Whether the ledger can do its work. */
export class LedgerHealth {
  private readonly looking = new SingleFlight<Readiness>();
  private logged: Readiness['migrations'] = 'ok';

  constructor(
    private readonly pool: Pool,
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
      if (pending.length === 0) {
        this.logged = 'ok';
        return { database: 'ok', migrations: 'ok' };
      }
      this.report(
        'pending',
        `The database lacks migrations of this version: ${pending.join(', ')}. Run "purser migrate".`,
      );
      return { database: 'ok', migrations: 'pending' };
    } catch (error) {
      this.report('unknown', `The database is unreachable: ${String(error)}`);
      return UNREACHABLE;
    }
  }

  /** Once for each time that it changes: anyone may ask, and nobody shall fill the log by asking. */
  private report(state: Readiness['migrations'], line: string): void {
    if (state !== this.logged) this.log(line);
    this.logged = state;
  }
}

async function giveUp(signal: AbortSignal): Promise<Readiness> {
  return sleep(PATIENCE_MS, UNREACHABLE, { signal, ref: false });
}
