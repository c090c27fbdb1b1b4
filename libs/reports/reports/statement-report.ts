import { formatAmount } from '#amounts';
import { publicId } from '#ledger';
import { readBalance, readStatement, readStatementGrants, type StatementGrant } from './read-statement.ts';
import type { ReportDefinition } from './report-definition.ts';
import type { ReportRow } from './report.ts';
import { edgeLine, STATEMENT_COLUMNS, StatementLines, type StatementTransfer } from './statement.ts';

/** Every movement of an account, with the balance after it, and what its grants have left. */
export const STATEMENT: ReportDefinition = {
  name: 'statement',
  summary: 'Every movement of an account’s credits, with the balance after each.',
  parameters: ['account'],
  needsAccount: true,
  isForCustomers: true,
  columns: () => STATEMENT_COLUMNS,
  read: async ({ pool, upToNow }, { account, environment, from, to }) => {
    if (!account) throw new Error('a statement is of an account');
    const asOf = await upToNow({ account, environment });
    const opening = await readBalance(pool, account, from);
    const grants = await readStatementGrants(pool, account, to);
    const lines = new StatementLines(opening);
    return {
      columns: STATEMENT_COLUMNS,
      rows: linesOf(lines, readStatement(pool, account, { from, to }), { from, to }),
      total: () => null,
      closingFields: () => ({
        opening: formatAmount(opening),
        sums: lines.sumsByKind(),
        closing: formatAmount(lines.closing),
        grants: grants.map(grantView),
      }),
      asOf,
    };
  },
};

async function* linesOf(
  lines: StatementLines,
  pages: AsyncIterable<readonly StatementTransfer[]>,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<ReportRow> {
  yield edgeLine('opening', from, lines.closing);
  for await (const page of pages) yield* lines.take(page);
  yield* lines.end();
  yield edgeLine('closing', to, lines.closing);
}

function grantView({ id, category, remaining, expiresAt }: StatementGrant) {
  return {
    id: publicId('grant', id),
    category,
    remaining: formatAmount(remaining),
    expires_at: expiresAt && expiresAt.toISOString(),
  };
}
