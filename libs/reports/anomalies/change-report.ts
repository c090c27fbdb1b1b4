import { LIVE } from '#ledger';
import { attemptRead, queryable } from '#ledger-store';
import type { Pool } from '#database';
import { formatAmount, type JsonObject } from '#amounts';
import type { ReportDefinition } from '../reports/report-definition.ts';
import type { ReportRequest } from '../reports/report-request.ts';
import { column, type ReportRow } from '../reports/report.ts';
import { changeJson } from './change-json.ts';
import { ChangeReader, type Change, type ChangeAsked, type Range } from './change-reader.ts';
import { weeksBefore } from './comparable-ranges.ts';

const COLUMNS = [
  column('unit', 'text', 'The unit of the credits.'),
  column('model', 'text', 'The model; `(none)`: none was named.'),
  column('credits_before', 'credits', 'The credits used in the earlier range, less refunds.'),
  column('credits_after', 'credits', 'The credits used in the range, less refunds.'),
  column('change', 'credits', 'The difference: the sum of the next four.'),
  column('volume', 'credits', 'By more or fewer requests of all models together, had they been split as before.'),
  column('size', 'credits', 'By requests that use more or less, at the prices of before.'),
  column('price', 'credits', 'By prices.'),
  column('mix', 'credits', 'By another split of requests among models.'),
];

const QUARTER_MS = 900_000;

interface UnitChange {
  readonly unit: string;
  readonly change: Change;
}

/** Why a range used more or less than the same days some weeks before, of an account or of all. */
export const CHANGE_REPORT: ReportDefinition = {
  name: 'anomalies',
  summary:
    'Why the range used more or less than as many days some weeks before: by requests, their size, prices and models, which add up exactly.',
  parameters: ['account'],
  columns: () => COLUMNS,
  read: async ({ pool }, request) => {
    const asOf = Date.now();
    const after = soFar(request, asOf);
    const before = weeksBefore(after);
    const changes = await readChanges(pool, request, { before, after });
    const [first] = changes;
    const total = first && changes.length === 1 ? { unit: first.unit, model: null, ...first.change } : null;
    return {
      columns: COLUMNS,
      rows: changes.flatMap(({ unit, change }) => change.models.map((one) => rowOf({ ...one, unit }))),
      total: () => total && rowOf(total),
      closingFields: () => ({ explanations: changes.map((one) => explanationOf(one, before, after)) }),
      asOf,
    };
  },
};

/** A month that isn't over is compared with as many days. Test clocks may be ahead, and what they show isn't known here. */
function soFar({ environment, from, to }: ReportRequest, now: number): Range {
  const next = Math.ceil(now / QUARTER_MS) * QUARTER_MS;
  return { from, to: environment === LIVE ? Math.max(from, Math.min(to, next)) : to };
}

async function readChanges(
  pool: Pool,
  request: ReportRequest,
  ranges: Pick<ChangeAsked, 'before' | 'after'>,
): Promise<readonly UnitChange[]> {
  const reader = new ChangeReader(pool);
  const { environment, account } = request;
  const of = account ? { account: account.key } : { environment };
  const changes: UnitChange[] = [];
  for (const unit of await unitsOf(pool, request)) {
    changes.push({ unit, change: await reader.read({ of, unit, model: null, ...ranges }) });
  }
  return changes;
}

async function unitsOf(pool: Pool, { environment, account }: ReportRequest): Promise<readonly string[]> {
  const { rows } = await attemptRead(() =>
    queryable(pool).query<{ readonly unit: string }>(
      `select distinct unit from accounts where environment = $1 and ($2::bigint is null or account_id = $2) order by unit`,
      [environment, account?.key ?? null],
    ),
  );
  return rows.map(({ unit }) => unit);
}

function rowOf(change: Omit<Change['models'][number], 'model'> & { unit: string; model: string | null }): ReportRow {
  const { unit, model } = change;
  return {
    unit,
    model: model === '' ? '(none)' : model,
    credits_before: formatAmount(change.before),
    credits_after: formatAmount(change.after),
    change: formatAmount(change.change),
    volume: formatAmount(change.volume),
    size: formatAmount(change.size),
    price: formatAmount(change.price),
    mix: formatAmount(change.mix),
  };
}

function explanationOf({ unit, change }: UnitChange, before: Range, after: Range): JsonObject {
  const { sentence, contributors, ...json } = changeJson(change, before, after);
  return { unit, before: json.before, after: json.after, sentence, contributors };
}
