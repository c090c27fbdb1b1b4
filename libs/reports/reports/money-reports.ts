import type { Report } from './report.ts';
import { breakage, BREAKAGE_COLUMNS } from './breakage.ts';
import { debtAgeing, DEBT_AGEING_COLUMNS } from './debt-ageing.ts';
import { deferredRevenue, DEFERRED_REVENUE_COLUMNS } from './deferred-revenue.ts';
import { cutByMonth } from './cut-by-month.ts';
import { breakageMoves } from './proportional-breakage.ts';
import { readDebtMoves, readMoneyGrants, readMoneySums, type SumsBy } from './read-money.ts';
import type { ReportDefinition, ReportSources } from './report-definition.ts';
import type { ReportRequest } from './report-request.ts';
import { revenueWaterfall, REVENUE_WATERFALL_COLUMNS } from './revenue-waterfall.ts';
import { rollforward, rollforwardColumns } from './rollforward.ts';
import { journal, JOURNAL_COLUMNS, trialBalance } from './trial-balance.ts';

const ROLLFORWARD: ReportDefinition = {
  name: 'credit-rollforward',
  summary: 'How credits came and went, by account and category, or by grant.',
  parameters: ['account', 'group_by'],
  groups: ['category', 'grant'],
  isForCustomers: true,
  columns: ({ groupBy }) => rollforwardColumns({ isByGrant: groupBy === 'grant' }),
  read: async (sources, request) => {
    const isByGrant = request.groupBy === 'grant';
    const { asOf, sums } = await rolledUp(sources, request, { by: isByGrant ? 'grant' : 'account' });
    return { ...rollforward(sums, { isByGrant }), asOf };
  },
};

const DEFERRED_REVENUE: ReportDefinition = {
  name: 'deferred-revenue',
  summary: 'Money that was paid for credits and isn’t earned yet, and how it was earned, by currency.',
  parameters: ['account', 'currency', 'method'],
  columns: () => DEFERRED_REVENUE_COLUMNS,
  read: async (sources, request) => {
    const { method, rates, timeZone, from, to } = request;
    const isProportional = method === 'proportional';
    const { asOf, sums } = await rolledUp(sources, request, { by: isProportional ? 'grant' : 'nothing' });
    if (!isProportional) return { ...deferredRevenue(sums), asOf };
    const moves = breakageMoves(sums, await readMoneyGrants(sources.pool, request), { rates, timeZone, from, to });
    return { ...deferredRevenue(sums, moves), asOf };
  },
};

const REVENUE_WATERFALL: ReportDefinition = {
  name: 'revenue-waterfall',
  summary:
    'In which months the money of grants was earned, by the month in which they took effect, and what is left of it.',
  parameters: ['account', 'currency'],
  columns: () => REVENUE_WATERFALL_COLUMNS,
  read: async (sources, request) => {
    const cuts = monthsOf(request);
    // Credits of a bonus may have come before the money that they share, and then without a currency.
    const { asOf, sums } = await rolledUp(sources, { ...request, currency: null }, { by: 'grant', cuts });
    const grants = await readMoneyGrants(sources.pool, request);
    const { timeZone, currency } = request;
    return { ...revenueWaterfall(sums, grants, { timeZone, cuts, currency }), asOf };
  },
};

const BREAKAGE: ReportDefinition = {
  name: 'breakage',
  summary: 'What of paid credits is never used, by the month in which they took effect, up to the end of the range.',
  parameters: ['account', 'currency', 'method'],
  columns: () => BREAKAGE_COLUMNS,
  read: async (sources, request) => {
    const { asOf, sums } = await rolledUp(sources, request, { by: 'grant' });
    return { ...breakage(sums, await readMoneyGrants(sources.pool, request), request), asOf };
  },
};

const DEBT_AGEING: ReportDefinition = {
  name: 'debt-ageing',
  summary:
    'How old the debt of each account is at the end of the range. Whatever lowers a debt lowers the oldest part first.',
  parameters: ['account'],
  columns: () => DEBT_AGEING_COLUMNS,
  read: async ({ pool, upToNow }, request) => {
    const asOf = await upToNow(request);
    return { ...debtAgeing(await readDebtMoves(pool, request, request.to), request), asOf };
  },
};

const JOURNAL: ReportDefinition = {
  name: 'journal',
  summary: 'What was booked on each account of the books, month by month, in credits.',
  parameters: ['account'],
  columns: () => JOURNAL_COLUMNS,
  read: async (sources, request) => {
    const cuts = monthsOf(request);
    const { asOf, sums } = await rolledUp(sources, request, { by: 'nothing', cuts });
    return { ...journal(sums, { timeZone: request.timeZone, cuts }), asOf };
  },
};

const TRIAL_BALANCE: ReportDefinition = {
  name: 'trial-balance',
  summary: 'What stands on each account of the books at the end of the range, since the beginning, in credits.',
  parameters: ['account'],
  columns: () => JOURNAL_COLUMNS,
  read: async (sources, request) => {
    const cuts = [request.from, request.to];
    const { asOf, sums } = await rolledUp(sources, request, { by: 'nothing' });
    return { ...trialBalance(sums, { timeZone: request.timeZone, cuts }), asOf };
  },
};

/** The reports that are made of what money and credits add up to. */
export const MONEY_REPORTS: readonly ReportDefinition[] = [
  ROLLFORWARD,
  DEFERRED_REVENUE,
  REVENUE_WATERFALL,
  BREAKAGE,
  DEBT_AGEING,
  JOURNAL,
  TRIAL_BALANCE,
];

function monthsOf({ from, to, timeZone }: ReportRequest): readonly number[] {
  return cutByMonth(from, to, timeZone);
}

async function rolledUp(
  { pool, upToNow }: ReportSources,
  request: ReportRequest,
  { by, cuts = [request.from, request.to] }: { readonly by: SumsBy; readonly cuts?: readonly number[] },
): Promise<{ readonly asOf: Report['asOf']; readonly sums: Awaited<ReturnType<typeof readMoneySums>> }> {
  const asOf = await upToNow(request);
  return { asOf, sums: await readMoneySums(pool, request, { cuts, by }) };
}
