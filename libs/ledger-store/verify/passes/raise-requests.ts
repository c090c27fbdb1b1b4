import type { Pass } from '../pass.ts';

/** Requests that nobody has decided on, as the table has them and as their accounts know them. */
export const raiseRequests: Pass = {
  subject: 'requests for raises',
  rows: `
    select account_id, id, coalesce(known.is_known, false) as is_known, coalesce(kept.is_kept, false) as is_kept
    from (
      select a.account_id, (request ->> 'id')::uuid as id, true as is_known
      from accounts a, jsonb_array_elements(a.raise_requests) request
      where a.raise_requests <> '[]'
    ) known full join (
      select account_id, id, true as is_kept from raise_requests where status = 'pending'
    ) kept using (account_id, id)`,
  objects: [],
  checks: [
    {
      name: 'A request for a raise waits in its account as long as it is pending',
      section: '§5',
      holds: 'is_known and is_kept',
      expected: `format('both of %s', id)`,
      found: `case when is_kept then 'a pending request' else 'one that waits' end`,
    },
  ],
};
