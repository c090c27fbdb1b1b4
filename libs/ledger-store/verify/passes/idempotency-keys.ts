import type { Pass } from '../pass.ts';

/** Within one table or partition a unique constraint sees to it; across them only the look-up before a decision does. */
export const idempotencyKeys: Pass = {
  subject: 'idempotency keys',
  rows: `
    select account_id, key, count(*) as times
    from (select account_id, key from idempotency_keys union all select account_id, key from idempotency_keys_kept) keys
    group by account_id, key`,
  objects: [],
  checks: [
    {
      name: 'No idempotency key was used up twice',
      section: '§9.6',
      holds: 'times = 1',
      expected: `'once'`,
      found: `format('%s times (key digest %s)', times, key)`,
    },
  ],
};
