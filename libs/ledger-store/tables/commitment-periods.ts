import type { CommitmentPeriod } from '#ledger';
import { column } from './column.ts';
import { draws } from './json-forms.ts';
import { accountKey, boolean, numeric, time, uuid } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** What accounts commit to spend, month by month, and what was charged for what they didn't. */
export const COMMITMENT_PERIODS = table({
  name: 'commitment_periods',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    start: column('period_start', time).key(),
    id: column('id', uuid),
    end: column('period_end', time),
    amount: column('amount', numeric).updated(),
    spent: column('spent', numeric).updated(),
    settled: column('settled', boolean).updated(),
    draws: column('draws', draws).updated(),
    uncollected: column('uncollected', numeric).updated(),
  },
});

export type CommitmentPeriodRow = RowOf<typeof COMMITMENT_PERIODS>;

export const commitmentPeriodFromRow: (row: CommitmentPeriodRow) => CommitmentPeriod = COMMITMENT_PERIODS.fromRow;
