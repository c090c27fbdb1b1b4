import type { Pass } from '../pass.ts';

/** Rows get there when no partition was made for their time; nothing is lost, but making it needs them moved first. */
export const partitions: Pass = {
  subject: 'default partitions',
  rows: `
    select null::bigint as account_id, name, rows
    from (
      select 'transfers_default' as name, count(*) as rows from transfers_default
      union all select 'authorizations_default', count(*) from authorizations_default
      union all select 'usage_records_default', count(*) from usage_records_default
      union all select 'idempotency_keys_default', count(*) from idempotency_keys_default
    ) counted`,
  objects: [],
  checks: [
    {
      name: 'The default partitions are empty (where not, partitions were not made ahead: `select make_partitions()` does)',
      section: 'operations',
      severity: 'notice',
      holds: 'rows = 0',
      expected: `name || ' without rows'`,
      found: `rows || ' rows'`,
    },
  ],
};
