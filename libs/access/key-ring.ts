import type { Pool } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashApiKey, isSameHash, isWellFormedKey, type Scope } from './api-key.ts';
import { Caller } from './caller.ts';

interface KnownKey {
  readonly hash: Buffer;
  readonly caller: Caller;
  /** Milliseconds since 1970; from then on it isn't let in. */
  readonly expiresAt: number;
}

interface KeyRow {
  readonly id: string;
  readonly environment: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly scopes: Scope[];
  readonly allowed_addresses: string[];
  readonly expires_at: Date | null;
}

export interface KeyRingOptions {
  /** How often to look whether keys were changed elsewhere. A revoked key is let in no longer than that. */
  readonly refreshMs?: number;
  /** How often to write down when keys were last used. */
  readonly noteMs?: number;
  readonly log: (line: string) => void;
}

const REFRESH_MS = 500;
const NOTE_MS = 10_000;
/** In one order in every process: two that wrote the same keys in different ones would wait for each other. */
const NOTE_USE = `
  with used as (
    select k.id, u.at from unnest($1::uuid[], $2::timestamptz[]) u (id, at) join api_keys k using (id) order by k.id for update of k
  )
  update api_keys set last_used_at = greatest(last_used_at, used.at) from used where api_keys.id = used.id`;
/** An unknown key may have been made by another process just now. However many such requests come, they look this often. */
const LOOK_AGAIN_MS = 100;

/**
 * The keys that are let in, in memory: a request is recognised without asking the database. Changes by other processes are
 * seen within half a second; while the database is away, the keys that are known go on.
 */
export class KeyRing {
  private keys = new Map<string, KnownKey>();
  /** Which state of the table is known. */
  private state = '';
  private looking: Promise<void> | null = null;
  private nextLook: Promise<void> | null = null;
  private lookedAt = 0;
  private readonly used = new Map<string, number>();
  private readonly timers: NodeJS.Timeout[] = [];

  private constructor(
    private readonly pool: Pool,
    private readonly log: (line: string) => void,
  ) {}

  /** Loads the keys and keeps up with them until it is closed. */
  static async open(pool: Pool, { refreshMs = REFRESH_MS, noteMs = NOTE_MS, log }: KeyRingOptions): Promise<KeyRing> {
    const ring = new KeyRing(pool, log);
    await ring.load();
    ring.every(refreshMs, () => ring.told(ring.refresh()));
    ring.every(noteMs, () => ring.told(ring.noteUse(), 'The last use of API keys could not be written'));
    return ring;
  }

  /** Whose key this is; `null` for one that isn't known, or has expired. */
  find(key: string): Caller | null {
    const hash = hashApiKey(key);
    const known = this.keys.get(hash.toString('base64'));
    if (!known || !isSameHash(known.hash, hash)) return null;
    const now = Date.now();
    if (now >= known.expiresAt) return null;
    this.used.set(known.caller.keyId, now);
    return known.caller;
  }

  /** For a key that isn't known: another process may have made it just now. */
  async findAgain(key: string): Promise<Caller | null> {
    if (!isWellFormedKey(key)) return null;
    await this.told(this.lookAgain());
    return this.find(key);
  }

  /** After a change was made here: this process is to know it at once. If it can't, the next look will tell. */
  noticeChange(): Promise<void> {
    return this.told(this.refresh());
  }

  /** Looks whether keys have changed, from now on. */
  private async refresh(): Promise<void> {
    // A look that has begun may be too early; whoever asked for it hears of its failure.
    await Promise.allSettled([this.looking]);
    this.looking ??= this.load().finally(() => {
      this.looking = null;
    });
    await this.looking;
  }

  /** Writes down what is left to note. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.allSettled([this.nextLook, this.looking]);
    await this.noteUse();
  }

  /** For keys that aren't known: all that come within a tenth of a second share one look. */
  private lookAgain(): Promise<void> {
    this.nextLook ??= sleep(Math.max(0, this.lookedAt + LOOK_AGAIN_MS - performance.now())).then(() => {
      this.nextLook = null;
      return this.refresh();
    });
    return this.nextLook;
  }

  private async load(): Promise<void> {
    const { rows: states } = await this.pool.query<{ state: string }>(
      `select count(*) || '/' || coalesce(sum(version), 0) as state from api_keys`,
    );
    const state = states[0]?.state ?? '';
    this.lookedAt = performance.now();
    if (state === this.state) return;
    // Read after the state: what changes in between is found at the next look.
    const { rows } = await this.pool.query<KeyRow>(
      `select id, environment, name, hash, scopes::text[] as scopes, allowed_addresses, expires_at
      from api_keys where revoked_at is null`,
    );
    this.keys = new Map(rows.map((row) => [row.hash.toString('base64'), knownKey(row)]));
    this.state = state;
  }

  private async noteUse(): Promise<void> {
    const used = [...this.used];
    this.used.clear();
    if (used.length === 0) return;
    try {
      await this.pool.query(NOTE_USE, [used.map(([id]) => id), used.map(([, at]) => new Date(at))]);
    } catch (error) {
      for (const [id, at] of used) this.used.set(id, this.used.get(id) ?? at);
      throw error;
    }
  }

  /** A failure is told and does no harm: it is done again the next time. */
  private async told(work: Promise<void>, failed = 'API keys could not be looked up'): Promise<void> {
    await work.catch((error: unknown) => {
      this.log(`${failed}: ${String(error)}`);
    });
  }

  private every(ms: number, work: () => Promise<void>): void {
    this.timers.push(setInterval(() => void work(), ms).unref());
  }
}

function knownKey(row: KeyRow): KnownKey {
  return {
    hash: row.hash,
    caller: new Caller(row.id, row.name, row.environment, row.scopes, row.allowed_addresses),
    expiresAt: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
  };
}
