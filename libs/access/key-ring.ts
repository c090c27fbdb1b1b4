import { PolledSnapshot, SingleFlight } from '#background';
import type { Pool } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashApiKey, isSameHash, isWellFormedKey, type Scope } from './api-key.ts';
import { Caller } from './caller.ts';
import { KeyUse } from './key-use.ts';

/** Why a key isn't let in. */
export type KeyFault = 'unknown' | 'expired' | 'revoked';

interface KnownKey {
  readonly hash: Buffer;
  readonly caller: Caller;
  /** Milliseconds since 1970; from then on it isn't let in. */
  readonly expiresAt: number;
  readonly isRevoked: boolean;
}

interface KnownKeys {
  /** Which state of the table is known. */
  readonly state: string;
  /** By their hashes. */
  readonly keys: ReadonlyMap<string, KnownKey>;
}

interface KeyRow {
  readonly id: string;
  readonly environment: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly scopes: Scope[];
  readonly allowed_addresses: string[];
  readonly account: string | null;
  readonly expires_at: Date | null;
  readonly is_revoked: boolean;
}

/** How often to look whether keys were changed elsewhere. A revoked key is let in no longer than that. */
const REFRESH_MS = 500;
/** An unknown key may have been made by another process just now. However many such requests come, they look this often. */
const LOOK_AGAIN_MS = 100;

/** For so long a revoked key is told from an unknown one. */
const REVOKED_KNOWN_DAYS = 90;

/**
 * The keys that are let in, in memory: a request is recognised without asking the database. Changes by other processes are
 * seen within half a second; while the database is away, the keys that are known go on.
 */
export class KeyRing {
  private readonly lookingAgain = new SingleFlight<void>();

  private constructor(
    private readonly snapshot: PolledSnapshot<KnownKeys>,
    private readonly use: KeyUse,
  ) {}

  /** Loads the keys and keeps up with them until it is closed. */
  static async open(pool: Pool, { log }: { readonly log: (line: string) => void }): Promise<KeyRing> {
    const load = (last: KnownKeys | null): Promise<KnownKeys> => loadKeys(pool, last);
    const title = 'The look-up of API keys';
    const snapshot = await PolledSnapshot.open({ title, everyMs: REFRESH_MS, load, log });
    return new KeyRing(snapshot, new KeyUse(pool, log));
  }

  /** Whose key this is; `null` for one that isn't let in. */
  find(key: string): Caller | null {
    const known = this.known(key);
    const now = Date.now();
    if (!known || known.isRevoked || now >= known.expiresAt) return null;
    this.use.note(known.caller.keyId, now);
    return known.caller;
  }

  /** Why {@link find} doesn't let a key in. Only who holds the whole key learns more than that it is unknown. */
  faultOf(key: string): KeyFault {
    const known = this.known(key);
    if (!known) return 'unknown';
    return known.isRevoked ? 'revoked' : 'expired';
  }

  /** For a key that isn't known: another process may have made it just now. */
  async findAgain(key: string): Promise<Caller | null> {
    if (!isWellFormedKey(key)) return null;
    await this.lookingAgain.run(() => this.lookAgain());
    return this.find(key);
  }

  /** After a change was made here, this process knows it at once. */
  noticeChange(): Promise<void> {
    return this.snapshot.noticeChange();
  }

  /** Writes down what is left to note. */
  async close(): Promise<void> {
    await this.lookingAgain.settled();
    await this.snapshot.close();
    await this.use.close();
  }

  private known(key: string): KnownKey | null {
    const hash = hashApiKey(key);
    const known = this.snapshot.value.keys.get(hash.toString('base64'));
    return known && isSameHash(known.hash, hash) ? known : null;
  }

  /** All unknown keys that come within a tenth of a second share one look. */
  private async lookAgain(): Promise<void> {
    await sleep(Math.max(0, this.snapshot.loadedAt + LOOK_AGAIN_MS - performance.now()));
    await this.snapshot.noticeChange();
  }
}

async function loadKeys(pool: Pool, last: KnownKeys | null): Promise<KnownKeys> {
  const { rows: states } = await pool.query<{ state: string }>(
    `select count(*) || '/' || coalesce(sum(version), 0) as state from api_keys`,
  );
  const state = states[0]?.state ?? '';
  if (state === last?.state) return last;
  // Read after the state: what changes in between is found at the next look.
  const { rows } = await pool.query<KeyRow>(
    `select id, environment, name, hash, scopes::text[] as scopes, allowed_addresses, account, expires_at,
      revoked_at is not null as is_revoked
    from api_keys where revoked_at is null or revoked_at > now() - $1 * interval '1 day'`,
    [REVOKED_KNOWN_DAYS],
  );
  return { state, keys: new Map(rows.map((row) => [row.hash.toString('base64'), knownKey(row)])) };
}

function knownKey(row: KeyRow): KnownKey {
  return {
    hash: row.hash,
    caller: new Caller({
      keyId: row.id,
      keyName: row.name,
      environment: row.environment,
      scopes: row.scopes,
      allowedAddresses: row.allowed_addresses,
      account: row.account,
    }),
    expiresAt: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
    isRevoked: row.is_revoked,
  };
}
