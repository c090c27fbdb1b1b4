import { Amount } from '#amounts';
import { publicId, type AccountKey } from '#ledger';
import { attemptRead, queryable, type Queryable } from '#ledger-store';
import type { Pool } from '#database';
import { catchUpAccount, catchUpEnvironment } from '../rollups/catch-up.ts';
import { contributors, type Contributor, type CreditsByValue } from './contributors.ts';
import { decompose, type Decomposition, type ModelUsage, type QuantityUsage } from './decompose.ts';
import { explainChange } from './explain-change.ts';

/** A stretch of time, in milliseconds since 1970; `to` doesn't belong to it. Both are edges of slots. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface ChangeAsked {
  /** An account, or all accounts of an environment that have this unit. */
  readonly of: { readonly account: AccountKey } | { readonly environment: string };
  readonly unit: string;
  /** `null`: all models. */
  readonly model: string | null;
  readonly before: Range;
  readonly after: Range;
}

/** Why one range used more or less than another. */
export interface Change extends Decomposition {
  /** Of each dimension, the values that changed most. */
  readonly contributors: readonly { readonly dimension: string; readonly contributors: readonly Contributor[] }[];
  readonly sentence: string;
}

const TOP = 5;
const NO_KEY = '00000000-0000-0000-0000-000000000000';
const DIMENSIONS = ['model', 'event', 'provider', 'key'] as const;
const USED = 'sum(paid + promotional + included + debt)::text as credits';

interface UsedRow {
  readonly is_after: boolean;
  readonly event: string;
  readonly model: string;
  readonly provider: string;
  readonly key: string;
  readonly requests: string;
  readonly credits: string;
}

interface QuantityRow {
  readonly is_after: boolean;
  readonly model: string;
  readonly quantity: string;
  readonly amount: string;
  readonly credits: string;
}

interface TagRow {
  readonly is_after: boolean;
  readonly tag: string;
  readonly value: string;
  readonly credits: string;
}

/** Compares what accounts used in two ranges. */
export class ChangeReader {
  constructor(private readonly pool: Pool) {}

  /** @throws {LedgerUnavailable} where the database isn't there */
  async read(asked: ChangeAsked): Promise<Change> {
    if ('account' in asked.of) await catchUpAccount(this.pool, asked.of.account);
    else await catchUpEnvironment(this.pool, asked.of.environment);
    return attemptRead(() => readChange(queryable(this.pool), asked));
  }
}

async function readChange(database: Queryable, asked: ChangeAsked): Promise<Change> {
  const used = await readUsed(database, asked);
  const quantities = await readQuantities(database, asked);
  const tags = await readTags(database, asked);
  const usage = (isAfter: boolean): readonly ModelUsage[] =>
    modelUsages(
      used.filter((row) => row.is_after === isAfter),
      quantities.filter((row) => row.is_after === isAfter),
    );
  const decomposition = decompose(usage(false), usage(true));
  const byDimension = [...dimensionsOf(used), ...dimensionsOfTags(tags)].map(({ dimension, rows }) => ({
    dimension,
    contributors: contributors(sums(rows, false), sums(rows, true), TOP),
  }));
  const sentence = explainChange(decomposition, asked.unit, byDimension);
  return { ...decomposition, contributors: byDimension, sentence };
}

/** Slots of both ranges; `$2` to `$5` are their edges, and `$6` is the model. */
const IN_RANGES = `(slot >= $2 and slot < $3 or slot >= $4 and slot < $5) and ($6::text is null or model = $6)`;
const IS_AFTER = '(slot >= $4 and slot < $5) as is_after';

interface Source {
  readonly usage: string;
  readonly quantities: string;
  readonly where: string;
  readonly values: readonly unknown[];
}

function sourceOf({ of, unit, before, after, model }: ChangeAsked): Source {
  const edges = [before.from, before.to, after.from, after.to].map((at) => new Date(at));
  if ('account' in of) {
    const where = `account_id = $1 and ${IN_RANGES}`;
    return { usage: 'usage_slots', quantities: 'usage_quantities', where, values: [of.account, ...edges, model] };
  }
  return {
    usage: 'environment_usage_slots',
    quantities: 'environment_usage_quantities',
    where: `environment = $1 and unit = $7 and ${IN_RANGES}`,
    values: [of.environment, ...edges, model, unit],
  };
}

async function readUsed(database: Queryable, asked: ChangeAsked): Promise<readonly UsedRow[]> {
  const { usage, where, values } = sourceOf(asked);
  const { rows } = await database.query<UsedRow>(
    `select ${IS_AFTER}, event, model, provider, key_id::text as key, sum(requests)::text as requests, ${USED}
    from ${usage} where ${where} group by 1, 2, 3, 4, 5`,
    [...values],
  );
  return rows;
}

async function readQuantities(database: Queryable, asked: ChangeAsked): Promise<readonly QuantityRow[]> {
  const { quantities, where, values } = sourceOf(asked);
  const { rows } = await database.query<QuantityRow>(
    `select ${IS_AFTER}, model, quantity, sum(amount)::text as amount, sum(credits)::text as credits
    from ${quantities} where ${where} group by 1, 2, 3`,
    [...values],
  );
  return rows;
}

/** Tags are never crossed with models, and are added up by account alone. */
async function readTags(database: Queryable, { of, model, before, after }: ChangeAsked): Promise<readonly TagRow[]> {
  if (model !== null || !('account' in of)) return [];
  const { rows } = await database.query<TagRow>(
    `select ${IS_AFTER}, tag, value, ${USED} from tag_slots
    where account_id = $1 and (slot >= $2 and slot < $3 or slot >= $4 and slot < $5) group by 1, 2, 3 order by tag`,
    [of.account, ...[before.from, before.to, after.from, after.to].map((at) => new Date(at))],
  );
  return rows;
}

interface ValueRow {
  readonly is_after: boolean;
  readonly value: string;
  readonly credits: string;
}

interface DimensionRows {
  readonly dimension: string;
  readonly rows: readonly ValueRow[];
}

function dimensionsOf(used: readonly UsedRow[]): readonly DimensionRows[] {
  return DIMENSIONS.map((dimension) => ({
    dimension,
    rows: used.map((row) => ({ ...row, value: dimension === 'key' ? keyText(row.key) : row[dimension] })),
  }));
}

function keyText(key: string): string {
  return key === NO_KEY ? '' : publicId('key', key);
}

function dimensionsOfTags(rows: readonly TagRow[]): readonly DimensionRows[] {
  return [...new Set(rows.map(({ tag }) => tag))].map((tag) => ({
    dimension: `tag.${tag}`,
    rows: rows.filter((row) => row.tag === tag),
  }));
}

function modelUsages(used: readonly UsedRow[], quantities: readonly QuantityRow[]): readonly ModelUsage[] {
  const names = [...new Set(used.map(({ model }) => model))];
  return names.map((model) => {
    const rows = used.filter((row) => row.model === model);
    return {
      model,
      requests: rows.reduce((sum, { requests }) => sum + Number(requests), 0),
      credits: rows.reduce((sum, { credits }) => sum.plus(credits), new Amount(0)),
      quantities: new Map(quantities.filter((row) => row.model === model).map(quantityUsage)),
    };
  });
}

function quantityUsage({ quantity, amount, credits }: QuantityRow): readonly [string, QuantityUsage] {
  return [quantity, { amount: new Amount(amount), credits: new Amount(credits) }];
}

function sums(rows: readonly ValueRow[], isAfter: boolean): CreditsByValue {
  const values = new Map<string, Amount>();
  for (const row of rows) {
    if (row.is_after !== isAfter) continue;
    values.set(row.value, (values.get(row.value) ?? new Amount(0)).plus(row.credits));
  }
  return values;
}
