import type { Pool } from '#database';
import { hashApiKey, makeApiKey } from './api-key.ts';

/** The name of the admin key that every environment has from the start. */
const BOOTSTRAP_KEY_NAME = 'admin';

export interface BootstrappedKey {
  readonly environment: string;
  /** The key itself where it was made just now, for its owner to keep; only its hash is stored. */
  readonly key: string | null;
}

/**
 * Gives every environment its admin key: the one given, which replaces an earlier one, or else one made at the first start.
 */
export async function bootstrapKeys(
  pool: Pool,
  given: { readonly live?: string | undefined; readonly test?: string | undefined },
): Promise<BootstrappedKey[]> {
  const keys: BootstrappedKey[] = [];
  for (const environment of ['live', 'test'] as const) {
    const wanted = given[environment];
    if (wanted === undefined) keys.push(await makeOnce(pool, environment));
    else keys.push(await replace(pool, environment, wanted));
  }
  return keys;
}

async function makeOnce(pool: Pool, environment: string): Promise<BootstrappedKey> {
  const key = makeApiKey(environment);
  const { rowCount } = await pool.query(
    `insert into api_keys (environment, name, hash) values ($1, $2, $3) on conflict (environment, name) do nothing`,
    [environment, BOOTSTRAP_KEY_NAME, hashApiKey(key)],
  );
  return { environment, key: rowCount === 1 ? key : null };
}

async function replace(pool: Pool, environment: string, key: string): Promise<BootstrappedKey> {
  await pool.query(
    `insert into api_keys (environment, name, hash) values ($1, $2, $3)
      on conflict (environment, name) do update set hash = excluded.hash where api_keys.hash <> excluded.hash`,
    [environment, BOOTSTRAP_KEY_NAME, hashApiKey(key)],
  );
  return { environment, key: null };
}
