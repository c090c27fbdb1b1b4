import { LedgerUnavailable } from '#ledger-store';

interface NamedAccount {
  readonly environment: string;
  readonly external_id: string;
}

/** One account may be too much for the database's patience. When so many in a row are, it is the database. */
const UNAVAILABLE_MAX = 3;

/**
 * Does work for account after account. One that fails is logged, and the others don't suffer for it.
 *
 * @param what is done, as the subject of a sentence: `The forecast`
 * @returns of how many it failed
 * @throws {LedgerUnavailable} where the database isn't there
 */
export async function eachAccount<Row extends NamedAccount>(
  rows: readonly Row[],
  work: (row: Row) => Promise<void>,
  { what, logError }: { readonly what: string; readonly logError: (line: string) => void },
): Promise<number> {
  let failed = 0;
  let unavailable = 0;
  for (const row of rows) {
    try {
      await work(row);
      unavailable = 0;
    } catch (error) {
      failed += 1;
      logError(`${what} of the account ${row.external_id} (${row.environment}) failed: ${String(error)}`);
      unavailable = error instanceof LedgerUnavailable ? unavailable + 1 : 0;
      if (unavailable >= UNAVAILABLE_MAX) throw error;
    }
  }
  return failed;
}
