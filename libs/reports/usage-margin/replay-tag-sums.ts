import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { attemptRead, queryable, type Queryable } from '#ledger-store';
import type { FactSums } from '../facts/fact-sums.ts';
import { ERASED, NONE } from '../facts/tag-value.ts';
import type { Measures } from '../facts/measures.ts';
import { loadAccounts } from '../rollups/load-slices.ts';
import { replay } from '../rollups/replay.ts';
import { addFigures, noFigures, type MutableFigures, type UsageSum } from './usage-sum.ts';
import { APART, type UsageSumsTerms } from './usage-sums-statement.ts';

type Terms = Pick<UsageSumsTerms, 'environment' | 'from' | 'to' | 'dayZone'>;
type Group = Pick<UsageSum, 'day' | 'value' | 'unit' | 'currency'>;

const ACCOUNTS_AT_ONCE = 100;

/**
 * What usage adds up to by a tag that isn't rolled up: from the whole journal, account by account, by the functions that roll it up.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export async function replayTagSums(pool: Pool, terms: Terms, tag: string): Promise<readonly UsageSum[]> {
  const groups = new Map<string, Group & { readonly figures: MutableFigures }>();
  const add = (group: Group, measures: Measures, sign: 1 | -1): void => {
    const name = JSON.stringify([group.day, group.value, group.unit, group.currency]);
    const sums = groups.get(name) ?? { ...group, figures: noFigures() };
    groups.set(name, sums);
    addFigures(sums.figures, figuresOf(measures, sign), true);
  };
  const database = queryable(pool);
  for await (const keys of accountsOf(database, terms.environment)) {
    for (const { account, version } of await attemptRead(() => loadAccounts(database, keys))) {
      const { sums } = await attemptRead(() => replay(database, { account, through: version, tags: [tag] }));
      const { unit, isErased } = account;
      for (const { slot, currency, measures, value, sign } of rowsOf(sums, terms, isErased)) {
        add({ day: dayOf(slot, terms.dayZone), value, unit, currency }, measures, sign);
      }
    }
  }
  return [...groups.values()].map(({ figures, ...group }) => ({ ...group, ...figures }));
}

/** What no usage is behind counts as usage without the tag: it is taken off there, and has lines of its own. */
function* rowsOf(sums: FactSums, { from, to }: Terms, isErased: boolean) {
  const isInRange = ({ slot }: { readonly slot: number }): boolean => slot >= from && slot < to;
  for (const row of sums.tags.filter(isInRange)) yield { ...row, value: row.value || NONE, sign: 1 as const };
  const isApart: ReadonlySet<string> = new Set(APART);
  for (const row of sums.usage.filter(isInRange)) {
    if (!isApart.has(row.model)) continue;
    yield { ...row, value: row.model, sign: 1 as const };
    yield { ...row, value: isErased ? ERASED : NONE, sign: -1 as const };
  }
}

async function* accountsOf(database: Queryable, environment: string): AsyncGenerator<readonly AccountKey[]> {
  let after: string = '-9223372036854775808';
  for (;;) {
    const { rows } = await attemptRead(() =>
      database.query<{ account_id: AccountKey }>(
        'select account_id from accounts where environment = $1 and account_id > $2 order by account_id limit $3',
        [environment, after, ACCOUNTS_AT_ONCE],
      ),
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map((row) => row.account_id);
    after = last.account_id;
  }
}

function figuresOf(measures: Measures, sign: 1 | -1): MutableFigures {
  const { paid, promotional, included, debt, uncollected, refunded, revenue, cost, promotionalCost } = measures;
  const amounts = { paid, promotional, included, debt, uncollected, refunded, revenue, cost, promotionalCost };
  const credits = paid.plus(promotional).plus(included).plus(debt);
  const signed = Object.fromEntries(
    Object.entries({ ...amounts, credits }).map(([name, amount]) => [name, amount.times(sign)]),
  );
  const { requests, late, unpriced, unknownCosts } = measures;
  return {
    ...noFigures(),
    ...signed,
    ...{ requests: requests * sign, late: late * sign, unpriced: unpriced * sign, unknownCosts: unknownCosts * sign },
  };
}

/** By the calendar of a zone, as Postgres writes it. */
function dayOf(slot: number, timeZone: string | null): string {
  if (timeZone === null) return '';
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(slot);
}
