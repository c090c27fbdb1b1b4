import { DatabaseError, type Pool, type PoolClient } from '#database';
import { hashApiKey, makeApiKey } from './api-key.ts';

/** The name of the admin key that every environment has from the start. */
const BOOTSTRAP_KEY_NAME = 'admin';
const ENVIRONMENTS = ['live', 'test'] as const;

export interface BootstrappedKey {
  readonly environment: string;
  /** The key itself where it was made just now, for its owner to keep; only its hash is stored. */
  readonly key: string | null;
}

/**
 * Gives every environment its admin key: the one given, which replaces an earlier one, or else one made at the first start.
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
    // The earlier keys go first, all of them: two environments may have swapped theirs.
    const replaced = ENVIRONMENTS.filter((environment) => given[environment] !== undefined);
    await client.query('delete from api_keys where name = $1 and environment = any($2)', [
      BOOTSTRAP_KEY_NAME,
      replaced,
    ]);
    const keys: BootstrappedKey[] = [];
    for (const environment of ENVIRONMENTS) keys.push(await ensureKey(client, environment, given[environment]));
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

async function ensureKey(client: PoolClient, environment: string, given: string | undefined): Promise<BootstrappedKey> {
  const key = given ?? makeApiKey(environment);
  const { rowCount } = await client.query(
    `insert into api_keys (environment, name, hash) values ($1, $2, $3) on conflict (environment, name) do nothing`,
    [environment, BOOTSTRAP_KEY_NAME, hashApiKey(key)],
  );
  return { environment, key: given === undefined && rowCount === 1 ? key : null };
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'api_keys_hash_is_unique';
}
