import type { PoolClient } from '#database';
import { Amount } from '#amounts';
import { FIRST_DIFFERENCES, type CheckResult, type TrialBalance } from './verify-report.ts';

export interface TakenTrialBalance {
  readonly lines: readonly TrialBalance[];
  readonly ms: number;
}

/**
 * Sums up the books per environment and unit. Shared ledger accounts are sums over transfers; grants and debt are taken
 * from the rows that carry their running balance. So the two sides are equal only if those rows are right.
 */
const TRIAL_BALANCE = `
  with booked as (
    select account_id,
      coalesce(sum(amount) filter (where debit = 'funding:paid'), 0)
        - coalesce(sum(amount) filter (where credit = 'funding:paid'), 0) as paid,
      coalesce(sum(amount) filter (where debit = 'funding:promotional'), 0)
        - coalesce(sum(amount) filter (where credit = 'funding:promotional'), 0) as promotional,
      coalesce(sum(amount) filter (where debit = 'funding:included'), 0)
        - coalesce(sum(amount) filter (where credit = 'funding:included'), 0) as included,
      coalesce(sum(amount) filter (where credit = 'usage'), 0)
        - coalesce(sum(amount) filter (where debit = 'usage'), 0) as usage,
      coalesce(sum(amount) filter (where credit = 'breakage'), 0) as breakage,
      coalesce(sum(amount) filter (where debit = 'write_off'), 0)
        - coalesce(sum(amount) filter (where credit = 'write_off'), 0) as write_off
    from (select account_id, debit, credit, sum(amount) as amount from transfers group by account_id, debit, credit) legs
    group by account_id
  ),
  granted as (select account_id, sum(remaining) as outstanding from grants group by account_id)
  select a.environment, a.unit,
    trim_scale(coalesce(sum(b.paid), 0))::text as paid,
    trim_scale(coalesce(sum(b.promotional), 0))::text as promotional,
    trim_scale(coalesce(sum(b.included), 0))::text as included,
    trim_scale(coalesce(sum(a.debt), 0))::text as debt,
    trim_scale(coalesce(sum(g.outstanding), 0))::text as outstanding,
    trim_scale(coalesce(sum(b.usage), 0))::text as usage,
    trim_scale(coalesce(sum(b.breakage), 0))::text as breakage,
    trim_scale(coalesce(sum(b.write_off), 0))::text as write_off
  from accounts a full join booked b using (account_id) full join granted g using (account_id)
  group by a.environment, a.unit
  order by a.environment, a.unit`;

interface TrialBalanceRow {
  environment: string | null;
  unit: string | null;
  paid: string;
  promotional: string;
  included: string;
  debt: string;
  outstanding: string;
  usage: string;
  breakage: string;
  write_off: string;
}

export async function takeTrialBalance(client: PoolClient): Promise<TakenTrialBalance> {
  const startedAt = performance.now();
  const { rows } = await client.query<TrialBalanceRow>(TRIAL_BALANCE);
  const lines = rows.map(({ paid, promotional, included, write_off: writtenOff, ...line }) => ({
    ...line,
    writtenOff,
    funding: { paid, promotional, included },
  }));
  return { lines, ms: Math.round(performance.now() - startedAt) };
}

export function checkTrialBalance({ lines, ms }: TakenTrialBalance): CheckResult {
  const unequal = lines.filter((line) => !debits(line).eq(credits(line)));
  return {
    name: 'Debits equal credits over all ledger accounts of a unit',
    section: '§9.1',
    severity: 'failure',
    subject: 'units',
    checked: lines.length,
    differences: unequal.length,
    first: unequal.slice(0, FIRST_DIFFERENCES).map((line) => ({
      environment: line.environment,
      account: null,
      objects: [],
      expected: `credits of ${debits(line).toFixed()} ${line.unit ?? 'of no unit'}, as debits are`,
      found: credits(line).toFixed(),
    })),
    ms,
  };
}

function debits({ funding, debt, writtenOff }: TrialBalance): Amount {
  return sum([funding.paid, funding.promotional, funding.included, debt, writtenOff]);
}

function credits({ outstanding, usage, breakage }: TrialBalance): Amount {
  return sum([outstanding, usage, breakage]);
}

function sum(amounts: readonly string[]): Amount {
  return amounts.reduce((total, amount) => total.plus(amount), new Amount(0));
}
