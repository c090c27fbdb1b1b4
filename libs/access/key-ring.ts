import type { Pool } from '#database';
import { hashApiKey, isSameHash, type Caller } from './api-key.ts';

interface KnownKey extends Caller {
  readonly hash: Buffer;
}

/** The keys that are let in, in memory: a request is recognised without asking the database. */
export class KeyRing {
  private constructor(private readonly keys: readonly KnownKey[]) {}

  static async load(pool: Pool): Promise<KeyRing> {
    const { rows } = await pool.query<{ environment: string; name: string; hash: Buffer }>(
      'select environment, name, hash from api_keys',
    );
    return new KeyRing(rows.map(({ environment, name, hash }) => ({ environment, key: name, hash })));
  }

  /** Whose key this is; `null` for an unknown one. Every key is compared, each in constant time. */
  find(key: string): Caller | null {
    const hash = hashApiKey(key);
    return this.keys.filter((known) => isSameHash(known.hash, hash))[0] ?? null;
  }
}
