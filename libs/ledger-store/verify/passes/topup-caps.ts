import type { Pass } from '../pass.ts';

/** What one purchase counts for. */
const COUNTED = `case c.name when 'count' then 1 else p.credits end`;

/**
 * What rules have bought of what they may. A window that has been over for long is read no more with its account: money that
 * was taken after that, although the payment had failed, isn't counted any more.
 */
export const topupCaps: Pass = {
  subject: 'counters of top-ups',
  rows: `
    select c.account_id, c.name, c.window_start, c.open, c.used, c.reserved,
      coalesce(sum(${COUNTED}) filter (where p.succeeded_at is not null), 0) as bought,
      coalesce(sum(${COUNTED}) filter (where p.status in ('pending', 'requires_action')), 0) as under_way
    from counters c
    left join purchases p on p.account_id = c.account_id and p.automatic
      and c.window_start <= p.created_at and (c.window_end is null or p.created_at < c.window_end)
    where c.kind = 'topup'
    group by c.account_id, c.counter, c.window_start, c.name, c.open, c.used, c.reserved`,
  objects: [],
  checks: [
    {
      name: 'What is used of a cap of top-ups is what the account’s rule has bought',
      section: '§7',
      holds: 'used = bought or (not open and used < bought)',
      expected: `format('%s by %s from %s on', trim_scale(bought), name, window_start)`,
      found: 'trim_scale(used)',
    },
    {
      name: 'What is reserved of a cap of top-ups is what the account’s rule is about to buy',
      section: '§7',
      holds: 'reserved = under_way',
      expected: `format('%s by %s from %s on', trim_scale(under_way), name, window_start)`,
      found: 'trim_scale(reserved)',
    },
  ],
};
