import { DatabaseError, type Pool, type PoolClient } from '#database';
import { newUuid } from '#ledger';
import { hashApiKey, makeApiKey } from './api-key.ts';

/** The name of the admin key that these environments have from the start. */
const BOOTSTRAP_KEY_NAME = 'admin';
const ENVIRONMENTS = ['live', 'test'] as const;

export interface BootstrappedKey {
  readonly environment: string;
  /** The key itself where it was made just now, for its owner to keep; only its hash is stored. */
  readonly key: string | null;
}

/**
 * Gives `live` and `test` their admin keys: the one given, which takes the place of an earlier one, or else one made at the
 * first start. Where that was revoked since, none is made: whoever ended it doesn't expect another one in the log.
 *
 * @throws {DatabaseError} where a given key is in use for something else.
 */
export async function bootstrapKeys(
  pool: Pool,
  given: { readonly live?: string | undefined; readonly test?: string | undefined },
): Promise<BootstrappedKey[]> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('begin');
    // Processes that start together would each make a key.
    await client.query(`select from environments where name = any($1) order by name for update`, [ENVIRONMENTS]);
    const earlier = await earlierKeys(client);
    // They go first, all of them: two environments may have swapped theirs.
    const replaced = earlier.filter(({ environment, hash, is_revoked }) => {
      const key = given[environment];
      return key !== undefined && !is_revoked && !hashApiKey(key).equals(hash);
    });
    await retire(client, replaced);
    const keys: BootstrappedKey[] = [];
    for (const environment of ENVIRONMENTS) {
      const key = given[environment];
      const its = earlier.filter((one) => one.environment === environment);
      const isThere =
        key === undefined ? its.length > 0 : its.some((one) => !one.is_revoked && !replaced.includes(one));
      keys.push({ environment, key: isThere ? null : await addKey(client, environment, key) });
    }
    await client.query('commit');
    broken = false;
    return keys;
  } catch (error) {
    throw isTaken(error) ? new DatabaseError(TAKEN, { cause: error }) : error;
  } finally {
    client.release(broken);
  }
}

const TAKEN =
  'An admin key in PURSER_ADMIN_KEY or PURSER_TEST_ADMIN_KEY is already the key of something else. Choose another one.';

interface EarlierKey {
  readonly id: string;
  readonly environment: (typeof ENVIRONMENTS)[number];
  readonly hash: Buffer;
  readonly is_revoked: boolean;
}

async function earlierKeys(client: PoolClient): Promise<EarlierKey[]> {
  const { rows } = await client.query<EarlierKey>(
    `select id, environment, hash, revoked_at is not null as is_revoked
    from api_keys where from_configuration and environment = any($1)`,
    [ENVIRONMENTS],
  );
  return rows;
}

/**
 * A retired key keeps its row, for what it did; its hash becomes that of no key, so that the same key may come back, for
 * this environment or the other.
 */
async function retire(client: PoolClient, keys: readonly EarlierKey[]): Promise<void> {
  await client.query(
    `update api_keys set revoked_at = now(), version = version + 1, hash = sha256(convert_to('retired ' || id, 'UTF8'))
    where id = any($1)`,
    [keys.map(({ id }) => id)],
  );
}

/** @returns the key where it was made here */
async function addKey(client: PoolClient, environment: string, given: string | undefined): Promise<string | null> {
  const made = given === undefined ? makeApiKey(environment) : null;
  await client.query(
    `insert into api_keys (id, environment, name, prefix, scopes, hash, from_configuration)
    values ($1, $2, $3, $4, '{admin}', $5, true)`,
    [newUuid(Date.now()), environment, BOOTSTRAP_KEY_NAME, made?.prefix ?? null, hashApiKey(given ?? made?.key ?? '')],
  );
  return made?.key ?? null;
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'api_keys_hash_is_unique';
}
