import { Amount } from '#amounts';
import type { Pool } from '#database';
import { attemptRead, queryable, type Queryable } from '#ledger-store';
import { AMOUNTS, COUNTS, noMeasures } from '../facts/measures.ts';
import { catchUpAccount, catchUpEnvironment } from '../rollups/catch-up.ts';
import { hasTags } from './has-tags.ts';
import { canBeCrossed, readCrossed } from './read-crossed.ts';
import { outwards, slotsOf, sourceOf, tagsOf, type Span, type UsageQuestion } from './usage-question.ts';
import { isNothing, together, type UsageSums } from './usage-row.ts';
import { measuresStatement, quantitiesStatement } from './usage-statement.ts';

type SumsRow = { readonly bucket: number; readonly unit: string; readonly values: readonly string[] } & Readonly<
  Record<string, unknown>
>;

const BUCKETS_AT_ONCE = 31;
/** As many are held in memory at once. */
const SUMS_MAX = 300_000;

/** The question has more groups in its buckets than are answered at once. */
export class TooManySums extends Error {
  override readonly name = 'TooManySums';
}

/** What accounts have used, and what of it is money. Reads add up what is new first, so that they are of this moment. */
export class UsageReader {
  constructor(private readonly pool: Pool) {}

  /** @returns up to when everything is in the sums, in milliseconds since 1970 */
  async catchUp({ environment, account }: Pick<UsageQuestion, 'environment' | 'account'>): Promise<number> {
    const caughtUp = account === null ? catchUpEnvironment(this.pool, environment) : catchUpAccount(this.pool, account);
    return (await caughtUp).asOf;
  }

  /** As many buckets as are best read at once: what takes a journal reads it once. */
  bucketsAtOnce(question: UsageQuestion, reportedTags: readonly string[]): number {
    return sourceOf(question, reportedTags) === 'journal' ? question.bounds.length : BUCKETS_AT_ONCE;
  }

  /**
   * Sums by bucket, unit and group; in no order, and none of nothing.
   *
   * @param reportedTags the tags that are rolled up
   * @throws {TooManySums}
   * @throws {TooMuchToCross} where the answer is in the journal only, and that is too long
   */
  read(question: UsageQuestion, reportedTags: readonly string[]): Promise<readonly UsageSums[]> {
    return attemptRead(async () => {
      const database = queryable(this.pool);
      const source = sourceOf(question, reportedTags);
      const tags = tagsOf(question);
      if (source === 'journal' || (source === 'tag' && !(await hasTags(database, { ...question, tags }))))
        return readCrossed(database, question);
      const { whole, edges } = slotsOf(question);
      const inSlots = { ...question, ...whole };
      const sums = await (source === 'usage' ? readUsage(database, inSlots) : readTag(database, inSlots));
      return edges.length === 0 ? sums : merged([...sums, ...(await readCrossed(database, question, edges))]);
    });
  }

  /**
   * The range that can be answered: as it is asked for, or the quarters of an hour that it touches, where its edges would take reading too
   * much of the journal.
   */
  rangeOf(question: UsageQuestion): Promise<Span> {
    const { edges } = slotsOf(question);
    return attemptRead(async () => {
      const isExact = edges.length === 0 || (await canBeCrossed(queryable(this.pool), question, edges));
      return isExact ? { from: question.from, to: question.to } : outwards(question);
    });
  }
}

/** Rows of the same group and bucket as one. */
function merged(rows: readonly UsageSums[]): readonly UsageSums[] {
  return [...Map.groupBy(rows, nameOf).values()].flatMap((same) => {
    const [first] = same;
    return first ? [together(same, first)] : [];
  });
}

async function readUsage(database: Queryable, question: UsageQuestion): Promise<readonly UsageSums[]> {
  const sums = await readSums(database, measuresStatement(question, null));
  const { text, values } = quantitiesStatement(question);
  const { rows } = await database.query<SumsRow & { readonly quantity: string; readonly amount: string }>(text, values);
  const quantities = new Map<string, Map<string, Amount>>();
  for (const row of rows) {
    const own = quantities.get(nameOf(row)) ?? new Map<string, Amount>();
    quantities.set(nameOf(row), own);
    if (row.quantity !== '') own.set(row.quantity, new Amount(row.amount));
  }
  return sums
    .map((row) => ({ ...row, quantities: quantities.get(nameOf(row)) ?? new Map<string, Amount>() }))
    .filter((row) => !isNothing(row));
}

async function readTag(database: Queryable, question: UsageQuestion): Promise<readonly UsageSums[]> {
  const [tag = null] = tagsOf(question);
  const sums = await readSums(database, measuresStatement(question, tag));
  return sums.filter((row) => !isNothing(row));
}

async function readSums(
  database: Queryable,
  { text, values }: ReturnType<typeof measuresStatement>,
): Promise<readonly UsageSums[]> {
  const { rows } = await database.query<SumsRow>(`${text} limit ${String(SUMS_MAX + 1)}`, values);
  if (rows.length > SUMS_MAX) throw new TooManySums();
  return rows.map((row) => {
    const measures = noMeasures();
    for (const name of COUNTS) measures[name] = Number(row[name]);
    for (const name of AMOUNTS) measures[name] = new Amount(String(row[name]));
    return { bucket: row.bucket, unit: row.unit, values: row.values, measures, quantities: null };
  });
}

function nameOf({ bucket, unit, values }: Pick<UsageSums, 'bucket' | 'unit' | 'values'>): string {
  return JSON.stringify([bucket, unit, values]);
}
