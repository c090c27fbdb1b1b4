import { Amount, formatAmount, ZERO } from '#amounts';
import type { Pool } from '#database';
import { ofConnection } from '../engine/failures.ts';
import { attemptRead } from '../read/attempt-read.ts';
import type { MarginGroup } from './margin-group.ts';
import { usageMargin } from './usage-margin-statement.ts';

export interface UsageMarginRequest {
  readonly environment: string;
  /** Milliseconds since 1970: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly group: MarginGroup;
  /** The name of the tag, where it groups by one. */
  readonly tag: string | null;
  /** An ISO 4217 code. */
  readonly currency: string;
  /** In which grants are paid. */
  readonly paidCurrency: string;
  /** What a credit of a paid grant costs that doesn't say what; `null`: not known, and no revenue. */
  readonly pricePerCredit: Amount | null;
}

/** What a group of usage used, earned and cost. */
export interface MarginFigures {
  /** Authorizations that were used. One with usage in several groups counts in each. */
  readonly requests: number;
  /** What was drawn, less what was refunded. */
  readonly credits: Amount;
  readonly revenue: Amount;
  /** What is known of it. */
  readonly cost: Amount;
  /** How many usages have a cost that isn't known, or is in another currency. */
  readonly unknownCosts: number;
}

export interface MarginRow extends MarginFigures {
  readonly value: string;
  /** Of its credits. */
  readonly unit: string;
}

export interface UsageMargin {
  /** When it was read, in milliseconds since 1970. */
  readonly asOf: number;
  readonly rows: readonly MarginRow[];
  /** Its credits are 0 where the accounts have several units. */
  readonly total: MarginFigures;
}

/** As many groups are shown by themselves, those with the most credits. */
const GROUPS_MAX = 1000;

interface MarginRowText {
  readonly value: string;
  readonly unit: string;
  readonly requests: string;
  readonly credits: string;
  readonly revenue: string;
  readonly cost: string;
  readonly unknown_costs: string;
  readonly all_requests: string;
}

/** What usage earned and what it cost, from the journal. */
export class UsageMarginReport {
  /** @param pool of its own: a report may take seconds */
  constructor(private readonly pool: Pool) {}

  /** @throws {LedgerUnavailable} where the database isn't there */
  read(request: UsageMarginRequest): Promise<UsageMargin> {
    const { environment, from, to, group, tag, currency, paidCurrency, pricePerCredit } = request;
    const statement = usageMargin({
      ...{ environment, from: new Date(from), to: new Date(to), group, tag, currency },
      pricePerCredit: pricePerCredit && formatAmount(pricePerCredit),
      isPaidInCurrency: paidCurrency === currency,
      groupsMax: GROUPS_MAX,
    });
    return attemptRead(async () => {
      const { rows } = await ofConnection(this.pool.query<MarginRowText>(statement));
      return { asOf: Date.now(), rows: rows.map(rowOf), total: totalOf(rows) };
    });
  }
}

function rowOf(row: MarginRowText): MarginRow {
  return {
    value: row.value,
    unit: row.unit,
    requests: Number(row.requests),
    credits: new Amount(row.credits),
    revenue: new Amount(row.revenue),
    cost: new Amount(row.cost),
    unknownCosts: Number(row.unknown_costs),
  };
}

function totalOf(texts: readonly MarginRowText[]): MarginFigures {
  const rows = texts.map(rowOf);
  const sum = (figure: (row: MarginRow) => Amount): Amount => rows.reduce((all, row) => all.plus(figure(row)), ZERO);
  const isOneUnit = new Set(rows.map(({ unit }) => unit)).size <= 1;
  return {
    requests: Number(texts[0]?.all_requests ?? 0),
    credits: isOneUnit ? sum(({ credits }) => credits) : ZERO,
    revenue: sum(({ revenue }) => revenue),
    cost: sum(({ cost }) => cost),
    unknownCosts: rows.reduce((all, { unknownCosts }) => all + unknownCosts, 0),
  };
}
