/** The time of an account by its clock, in a query that reads `clock`, and `ahead` of the account where it is. */
export const ACCOUNT_NOW = `(clock.now + coalesce(ahead.time, interval '0'))`;

/** What open holds have pinned of which grant: one row per allocation. */
export const PINNED_SHARES = `
  select h.account_id, h.id, h.expires_at, (share ->> 0)::uuid as grant_id, (share ->> 1)::numeric as amount
  from holds h cross join lateral jsonb_array_elements(h.allocations) share`;

/** Open and closed authorizations, with what they have in common. */
export const ALL_AUTHORIZATIONS = `
  select account_id, id, environment, status, committed, draws, uncollected, refunded,
    late, final_amount, expires_at, committed_at, closed_at, pricing
  from authorizations
  union all
  select account_id, id, environment, 'authorized', committed, draws, uncollected, 0,
    false, null, expires_at, null, null, pricing
  from holds`;
