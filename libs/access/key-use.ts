import { Repeater } from '#background';
import type { Pool } from '#database';

/** How often to write down when keys were last used. */
const WRITE_MS = 10_000;
/** In one order in every process: two that wrote the same keys in different ones would wait for each other. */
const WRITE_USE = `
  with used as (
    select k.id, u.at from unnest($1::uuid[], $2::timestamptz[]) u (id, at) join api_keys k using (id) order by k.id for update of k
  )
  update api_keys set last_used_at = greatest(last_used_at, used.at) from used where api_keys.id = used.id`;

/** When keys were last used, written down every ten seconds. */
export class KeyUse {
  private readonly used = new Map<string, number>();
  private readonly writing: Repeater;

  constructor(
    private readonly pool: Pool,
    private readonly log: (line: string) => void,
  ) {
    const title = 'Writing down when API keys were last used';
    this.writing = new Repeater({ title, everyMs: WRITE_MS, retryMs: WRITE_MS, task: () => this.write(), log });
    this.writing.start(WRITE_MS);
  }

  /** @param now milliseconds since 1970 */
  note(keyId: string, now: number): void {
    this.used.set(keyId, now);
  }

  /** Writes down what is left. */
  async close(): Promise<void> {
    await this.writing.stop();
    await this.write().catch((error: unknown) => {
      this.log(`The last use of API keys could not be written down: ${String(error)}`);
    });
  }

  private async write(): Promise<boolean> {
    const used = [...this.used];
    this.used.clear();
    if (used.length === 0) return false;
    try {
      await this.pool.query(WRITE_USE, [used.map(([id]) => id), used.map(([, at]) => new Date(at))]);
    } catch (error) {
      for (const [id, at] of used) this.used.set(id, this.used.get(id) ?? at);
      throw error;
    }
    return false;
  }
}
