import { type Amount, formatAmount, ZERO } from '#amounts';
import type { Pool } from '#database';
import type { ChargebackSplit } from '#ledger-store';
import { column, type Column, type Report, type ReportRow } from '../reports/report.ts';
import { catchUpEnvironment } from '../rollups/catch-up.ts';
import { readUsageSums } from '../usage-margin/read-usage-sums.ts';
import type { UsageGrouping, UsageSum } from '../usage-margin/usage-sum.ts';
import { chargeBack, type ChargebackRow } from './charge-back.ts';

export const CHARGED_MEASURES = ['credits', 'cost'] as const;
/** What is charged: credits that were used, or what vendors charge for that. */
export type ChargedMeasure = (typeof CHARGED_MEASURES)[number];

export interface ChargebackRequest {
  readonly environment: string;
  /** Milliseconds since 1970, both at the beginning of a slot: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly split: ChargebackSplit;
  readonly measure: ChargedMeasure;
  /** Of costs: an ISO 4217 code. */
  readonly currency: string;
}

const CHARGEBACK_COLUMNS: readonly Column[] = [
  column(
    'cost_centre',
    'text',
    'The value of the tag or of the metadata. `(unallocated)`: what nobody is charged for.',
  ),
  column('unit', 'text', 'Of all amounts: the unit of the credits, or the currency of the costs.'),
  column('direct', 'credits', 'What the cost centre used itself.'),
  column('shared', 'credits', 'What it bears of what is shared; negative where its own usage is.'),
  column('markup', 'credits', 'What is added.'),
  column('total', 'credits', 'All of these.'),
];

/**
 * Usage by cost centre, with what is shared among them.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export async function readChargeback(pool: Pool, request: ChargebackRequest): Promise<Report> {
  const { environment, from, to, split } = request;
  const { asOf } = await catchUpEnvironment(pool, environment, { staleMax: Number.POSITIVE_INFINITY });
  const grouping = groupingOf(split);
  const sums = await readUsageSums(pool, { environment, from, to, grouping, dayZone: null, linesApart: false });
  const byUnit = Map.groupBy(sums.filter(isCharged(request)), (sum) => unitOf(request, sum));
  const charged = [...byUnit]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([unit, ofUnit]) => {
      const usage = ofUnit.map((sum) => ({ value: sum.value, amount: sum[request.measure] }));
      return { unit, rows: chargeBack(split, usage) };
    });
  const [only, ...others] = charged;
  return {
    columns: CHARGEBACK_COLUMNS,
    rows: charged.flatMap(({ unit, rows }) => rows.map((row) => rowOf(unit, row))),
    total: () => (only && others.length === 0 ? totalOf(only.unit, only.rows) : null),
    asOf,
  };
}

function groupingOf({ by }: ChargebackSplit): UsageGrouping {
  const name = by.slice(by.indexOf('.') + 1);
  return by.startsWith('tag.') ? { by: 'tag', tag: name } : { by: 'metadata', name };
}

function isCharged({ measure, currency }: ChargebackRequest): (sum: UsageSum) => boolean {
  return (sum) => measure === 'credits' || sum.currency === currency;
}

function unitOf({ measure, currency }: ChargebackRequest, { unit }: UsageSum): string {
  return measure === 'credits' ? unit : currency;
}

function rowOf(unit: string, { centre, direct, shared, markup, total }: ChargebackRow): ReportRow {
  const figures = { direct, shared, markup, total };
  const texts = Object.entries(figures).map(([name, amount]) => [name, formatAmount(amount)] as const);
  return { cost_centre: centre, unit, ...Object.fromEntries(texts) };
}

function totalOf(unit: string, rows: readonly ChargebackRow[]): ReportRow {
  const sum = (figure: (row: ChargebackRow) => Amount): string =>
    formatAmount(rows.reduce((all, row) => all.plus(figure(row)), ZERO));
  return {
    unit,
    direct: sum(({ direct }) => direct),
    shared: sum(({ shared }) => shared),
    markup: sum(({ markup }) => markup),
    total: sum(({ total }) => total),
  };
}
