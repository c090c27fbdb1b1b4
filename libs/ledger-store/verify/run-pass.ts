import type { PoolClient } from '#database';
import { publicId } from '#ledger';
import type { Check, Pass } from './pass.ts';
import { FIRST_DIFFERENCES, type CheckResult, type Difference } from './verify-report.ts';

/**
 * Runs the checks of a pass: one reading counts what was checked and what is broken; only for what is broken a second one,
 * on the same snapshot, fetches the first differences.
 */
export async function runPass(client: PoolClient, pass: Pass, now: string): Promise<readonly CheckResult[]> {
  const startedAt = performance.now();
  const settings = Object.entries(pass.settings ?? {});
  for (const [name, value] of settings) await client.query(`set local ${name} = '${value}'`);
  const counts = await countBroken(client, pass, now);
  for (const [name] of settings) await client.query(`set local ${name} to default`);
  const first: Difference[][] = [];
  for (const [index, check] of pass.checks.entries()) {
    first.push(counts.broken[index] === 0 ? [] : await findBroken(client, pass, check, now));
  }
  const ms = Math.round(performance.now() - startedAt);
  return pass.checks.map(({ name, section, severity = 'failure' }, index) => ({
    name,
    section,
    severity,
    subject: pass.subject,
    checked: counts.checked,
    differences: counts.broken[index] ?? 0,
    first: first[index] ?? [],
    ms,
  }));
}

async function countBroken(
  client: PoolClient,
  { rows: source, checks }: Pass,
  now: string,
): Promise<{ checked: number; broken: readonly number[] }> {
  const counts = ['count(*)', ...checks.map(({ holds }) => `count(*) filter (where (${holds}) is not true)`)];
  const { rows } = await client.query<{ counts: string[] }>(
    `${withRows(source)} select array[${counts.join(', ')}] as counts from rows`,
    [now],
  );
  const [checked = 0, ...broken] = rows[0]?.counts.map(Number) ?? [];
  return { checked, broken };
}

interface BrokenRow {
  environment: string | null;
  account: string | null;
  ids: (string | null)[];
  expected: string | null;
  found: string | null;
}

async function findBroken(client: PoolClient, pass: Pass, check: Check, now: string): Promise<Difference[]> {
  const columns = pass.objects.map(({ column }) => column);
  const { rows } = await client.query<BrokenRow>(
    `${withRows(pass.rows)},
    broken as (
      select account_id, array[${columns.join(', ')}]::uuid[] as ids, (${check.expected})::text as expected, (${check.found})::text as found
      from rows where (${check.holds}) is not true
      order by ${['account_id', ...columns].join(', ')} limit ${FIRST_DIFFERENCES}
    )
    select a.environment, coalesce(a.external_id, b.account_id::text) as account, b.ids, b.expected, b.found
    from broken b left join accounts a using (account_id) order by b.account_id, b.ids`,
    [now],
  );
  return rows.map(({ environment, account, ids, expected, found }) => ({
    environment,
    account,
    objects: pass.objects.flatMap(({ kind }, index) => {
      const id = ids[index];
      return id ? [publicId(kind, id)] : [];
    }),
    expected: expected ?? 'nothing',
    found: found ?? 'nothing',
  }));
}

/** Accounts whose test clocks are ahead of real time: hardly any, so that a join with them costs next to nothing. */
const AHEAD = `
  select a.account_id, c.ahead_ms * interval '1 millisecond' as time
  from accounts a join test_clocks c on c.environment = a.environment and c.number = a.test_clock`;

function withRows(source: string): string {
  return `with clock as (select $1::timestamptz as now), ahead as (${AHEAD}), rows as (${source})`;
}
