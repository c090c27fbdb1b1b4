import { bootstrapKeys } from '#access';
import type { Config } from '#config';
import type { Pool } from '#database';

const KEY_VARIABLES: Readonly<Record<string, string>> = { live: 'PURSER_ADMIN_KEY', test: 'PURSER_TEST_ADMIN_KEY' };

/** Gives the environments their admin keys and prints where each comes from; one that was made just now is shown. */
export async function printAdminKeys(
  pool: Pool,
  { adminKeys, print }: Pick<Config, 'adminKeys'> & { readonly print: (line: string) => void },
): Promise<void> {
  for (const { environment, key } of await bootstrapKeys(pool, adminKeys)) {
    print(`admin key (${environment}): ${describeAdminKey(environment, key, adminKeys)}`);
  }
}

function describeAdminKey(environment: string, made: string | null, given: Readonly<Record<string, string>>): string {
  if (made !== null) return `${made}  shown only once: keep it`;
  const variable = KEY_VARIABLES[environment];
  return environment in given ? `the one in ${variable}` : `set at first start (${variable} replaces it)`;
}
