import type { AccountKey } from '#ledger';
import type { Queryable } from '#ledger-store';
import { loadAccounts } from '../rollups/load-slices.ts';
import { replay } from '../rollups/replay.ts';
import { CrossedSums } from './crossed-sums.ts';
import { outwards, tagsOf, type Span, type UsageQuestion } from './usage-question.ts';
import { isNothing, type UsageSums } from './usage-row.ts';

/** As many movements are read for an answer. They take some seconds. */
const CROSSED_MAX = 200_000;
/** So that no step of it takes long. */
const ROWS_AT_ONCE = 1000;

/** The answer is in the journal only, and that is too long to be read for it. */
export class TooMuchToCross extends Error {
  override readonly name = 'TooMuchToCross';

  constructor() {
    super(`more than ${String(CROSSED_MAX)} movements would have to be read`);
  }
}

/**
 * Adds up the journals of those accounts that have used something in the range, from their beginnings, because what a movement earns
 * depends on those before it.
 *
 * @throws {TooMuchToCross}
 */
export async function readCrossed(
  database: Queryable,
  question: UsageQuestion,
  parts: readonly Span[] = [question],
): Promise<readonly UsageSums[]> {
  const names = await accountsOf(database, question, parts);
  const keys = [...names.keys()];
  if (await isTooLong(database, keys)) throw new TooMuchToCross();
  const sums = new CrossedSums(question, parts);
  for (const { account, version } of await loadAccounts(database, keys)) {
    sums.begin({ account: names.get(account.key) ?? '', unit: account.unit });
    const terms = { account, through: version, tags: tagsOf(question), sums, rowsAtOnce: ROWS_AT_ONCE };
    await replay(database, terms);
  }
  return sums.rows.filter((row) => !isNothing(row));
}

/** Whether parts of the question's range can be read from the journal. */
export async function canBeCrossed(
  database: Queryable,
  question: UsageQuestion,
  parts: readonly Span[],
): Promise<boolean> {
  const names = await accountsOf(database, question, parts);
  return !(await isTooLong(database, [...names.keys()]));
}

/** The ids of the accounts that have used something in these parts, by their keys. */
async function accountsOf(
  database: Queryable,
  { environment, account }: UsageQuestion,
  parts: readonly Span[],
): Promise<ReadonlyMap<AccountKey, string>> {
  const slots = parts.map(outwards);
  const { rows } = await database.query<{ account_id: AccountKey; external_id: string }>(
    `select account_id, external_id from accounts a where environment = $1 and ($2::bigint is null or account_id = $2)
      and exists (
        select from unnest($3::timestamptz[], $4::timestamptz[]) part (since, until)
        join usage_slots s on s.account_id = a.account_id and s.slot >= since and s.slot < until
      )`,
    [environment, account, slots.map(({ from }) => isoOf(from)), slots.map(({ to }) => isoOf(to))],
  );
  return new Map(rows.map((row) => [row.account_id, row.external_id]));
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

async function isTooLong(database: Queryable, keys: readonly AccountKey[]): Promise<boolean> {
  const { rows } = await database.query<{ count: string }>(
    `select count(*) from (
      select from transfers where account_id = any($1::bigint[]) limit ${String(CROSSED_MAX + 1)}
    ) some_rows`,
    [keys],
  );
  return Number(rows[0]?.count) > CROSSED_MAX;
}
