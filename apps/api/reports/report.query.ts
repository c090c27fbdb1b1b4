import { monthOf, rangeOfMonth } from '#calendar';
import { BREAKAGE_METHODS, type BreakageMethod, type ReportDefinition, type ReportRequest } from '#reports';
import { IsIn, IsOptional } from 'class-validator';
import { accountRef } from '../accounts/account-ref.ts';
import { Describe } from '../openapi/describe.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import type { Fault } from '../validation/faults-of.ts';
import { IsAccountId, IsCurrency, IsInstant, IsText, parseInstant } from '../validation/rules.ts';
import { IsMonth } from '../validation/month-rules.ts';

const REPORT_FORMATS = ['json', 'csv', 'html'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export class ReportQuery {
  @Describe(
    'The month, by the calendar of the environment’s time zone. Default: the current one. Not together with `from` and `to`.',
  )
  @IsOptional()
  @IsMonth()
  readonly period?: string;

  @Describe('From this instant on: a full quarter of an hour. Default: the beginning of the month of `to`.')
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @Describe('Before this instant: a full quarter of an hour. Default: the next one.')
  @IsOptional()
  @IsInstant()
  readonly to?: string;

  @Describe('Only this account. A statement needs one.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;

  @Describe('Only money in this currency, by its ISO 4217 code.')
  @IsOptional()
  @IsCurrency()
  readonly currency?: string;

  @Describe('When credits that will never be used are earned. Default: `breakage_method` of the settings.')
  @IsOptional()
  @IsIn(BREAKAGE_METHODS)
  readonly method?: BreakageMethod;

  @Describe('What each row is for, where a report can say it in several ways: `category` or `grant`.')
  @IsOptional()
  @IsText(1, 64)
  readonly group_by?: string;

  @Describe('`csv` answers the rows as a file, `html` a statement as a page that can be printed. Default: `json`.')
  @IsOptional()
  @IsIn(REPORT_FORMATS)
  readonly format?: ReportFormat;
}

export const QUARTER_MS = 900_000;
/** A report may have a row for each month. */
const RANGE_MS_MAX = 3653 * 86_400_000;

/** The range that is asked for, and what of the request says it. */
export interface AskedRange extends Pick<ReportRequest, 'from' | 'to'> {
  /** The month; `null`: it was asked for by its ends. */
  readonly period: string | null;
}

/** @throws {ProblemError} `invalid_request` where it is asked for in two ways, or its ends aren't full quarters of an hour */
export function askedRange(query: ReportQuery, timeZone: string, now: number): AskedRange {
  const { period, from, to } = query;
  if (period !== undefined) {
    const others = (['from', 'to'] as const).filter((field) => query[field] !== undefined);
    if (others.length > 0) {
      throw invalidRequest(others.map((field) => ({ field, message: 'must not be given with period' })));
    }
    return { period, ...rangeOfMonth(period, timeZone) };
  }
  if (from === undefined && to === undefined) {
    const current = monthOf(now, timeZone);
    return { period: current, ...rangeOfMonth(current, timeZone) };
  }
  const end = parseInstant(to) ?? Math.ceil((now + 1) / QUARTER_MS) * QUARTER_MS;
  const start = parseInstant(from) ?? rangeOfMonth(monthOf(end - 1, timeZone), timeZone).from;
  refuseEdges({ from: start, to: end });
  return { period: null, from: start, to: end };
}

function refuseEdges(edges: Pick<ReportRequest, 'from' | 'to'>): void {
  const faults = (['from', 'to'] as const)
    .filter((field) => edges[field] % QUARTER_MS !== 0)
    .map((field) => ({ field, message: 'must be a full quarter of an hour, like "2026-01-31T12:15:00Z"' }));
  if (faults.length > 0) throw invalidRequest(faults);
  if (edges.from > edges.to) throw invalidRequest([{ field: 'from', message: 'must not be after to' }]);
  if (edges.to - edges.from > RANGE_MS_MAX)
    throw invalidRequest([{ field: 'from', message: 'must be at most ten years before to' }]);
}

/** What the environment says where the query doesn't. */
type Defaults = Pick<ReportRequest, 'environment' | 'timeZone' | 'rates' | 'method'>;

/** @throws {ProblemError} `invalid_request` for a parameter that the report doesn't take, and where it lacks one */
export function reportRequest(
  definition: ReportDefinition,
  query: ReportQuery,
  range: AskedRange,
  { environment, timeZone, rates, method }: Defaults,
): ReportRequest {
  refuseParameters(definition, query);
  return {
    ...{ environment, timeZone, rates, from: range.from, to: range.to },
    account: query.account === undefined ? null : accountRef(environment, query.account),
    currency: query.currency?.toUpperCase() ?? null,
    method: query.method ?? method,
    groupBy: query.group_by ?? null,
  };
}

const PARAMETERS = ['account', 'currency', 'method', 'group_by'] as const;

function refuseParameters(definition: ReportDefinition, query: ReportQuery): void {
  const { name, parameters, groups = [], needsAccount } = definition;
  const faults: Fault[] = PARAMETERS.filter((field) => query[field] !== undefined && !parameters.includes(field)).map(
    (field) => ({ field, message: `must not be given: ${name} doesn’t take it` }),
  );
  if (needsAccount && query.account === undefined) {
    faults.push({ field: 'account', message: `must be given: ${name} is about one account` });
  }
  if (parameters.includes('group_by') && query.group_by !== undefined && !groups.includes(query.group_by)) {
    faults.push({ field: 'group_by', message: `must be ${groups.join(' or ')}` });
  }
  if (query.format === 'html' && name !== 'statement') {
    faults.push({ field: 'format', message: 'must be json or csv: only a statement is also had as a page' });
  }
  if (faults.length > 0) throw invalidRequest(faults);
}
