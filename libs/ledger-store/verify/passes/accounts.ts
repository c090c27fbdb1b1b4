import type { Pass } from '../pass.ts';
import { ACCOUNT_NOW, PINNED_SHARES } from './shares.ts';

/**
 * The three numbers of an account, by its clock: a hold past its expiry pins nothing and a grant past its own counts for
 * nothing, whether or not that has been booked. `posted` and `held` are summed up one way, `available` another.
 */
export const accounts: Pass = {
  subject: 'accounts',
  rows: `
    select a.*,
      e.name is not null as has_environment,
      coalesce(b.debt, 0) as booked_debt,
      coalesce(b.written_off, 0) as booked_written_off,
      coalesce(h.overdraft_held, 0) as pinned_overdraft,
      coalesce(g.granted, 0) as granted,
      coalesce(g.repaid, 0) as repaid,
      coalesce(d.borrowed, 0) as borrowed,
      coalesce(z.committed, 0) + coalesce(h.committed, 0) + coalesce(s.charged, 0) as committed,
      coalesce(g.posted, 0) - a.debt as posted,
      coalesce(h.held_now, 0) + coalesce(g.frozen, 0) as held,
      coalesce(g.free, 0) - a.debt - coalesce(h.overdraft_held_now, 0) as available
    from accounts a
    left join environments e on e.name = a.environment
    left join (
      select account_id, sum(case when debit = 'debt' then amount else -amount end) as debt,
        sum(case when kind = 'write_off' then case when debit = 'debt' then -amount else amount end else 0 end) as written_off
      from transfers where 'debt' in (debit, credit) group by account_id
    ) b on b.account_id = a.account_id
    left join (
      select account_id, sum(overdraft_held) as overdraft_held, sum(committed) as committed,
        sum(held) filter (where expires_at > ${ACCOUNT_NOW}) as held_now,
        sum(overdraft_held) filter (where expires_at > ${ACCOUNT_NOW}) as overdraft_held_now
      from clock cross join holds left join ahead using (account_id) group by account_id
    ) h on h.account_id = a.account_id
    left join (
      select account_id, sum(amount) as granted, sum(repaid) as repaid,
        sum(case when not is_in_effect then 0 when is_over then pinned_now else remaining end) as posted,
        sum(frozen_now) as frozen,
        sum(case when is_in_effect and not is_over then remaining - pinned_now - frozen_now else 0 end) as free
      from (
        select g.account_id, g.amount, g.remaining, g.repaid, coalesce(p.pinned_now, 0) as pinned_now,
          -- What holds let go that have lapsed is frozen too.
          case when g.frozen_at is null then 0 else g.remaining - coalesce(p.pinned_now, 0) end as frozen_now,
          g.effective_at <= ${ACCOUNT_NOW} as is_in_effect,
          g.voided_at is not null or (g.frozen_at is null and coalesce(g.expires_at <= ${ACCOUNT_NOW}, false)) as is_over
        from clock cross join grants g
        left join ahead on ahead.account_id = g.account_id
        left join (
          select account_id, grant_id, sum(amount) as pinned_now
          from clock cross join (${PINNED_SHARES}) shares left join ahead using (account_id)
          where expires_at > ${ACCOUNT_NOW} group by account_id, grant_id
        ) p on p.account_id = g.account_id and p.grant_id = g.id
      ) grants_now
      group by account_id
    ) g on g.account_id = a.account_id
    left join (
      select account_id, sum(committed - refunded) as committed from authorizations group by account_id
    ) z on z.account_id = a.account_id
    left join (
      select account_id, sum((draw ->> 1)::numeric - coalesce((draw ->> 3)::numeric, 0)) as borrowed
      from (
        select account_id, draws from authorizations where draws @> '[[null]]'
        union all
        select account_id, draws from holds where draws @> '[[null]]'
        union all
        select account_id, draws from commitment_periods where draws @> '[[null]]'
      ) borrowers cross join lateral jsonb_array_elements(draws) draw
      where draw ->> 0 is null
      group by account_id
    ) d on d.account_id = a.account_id
    left join (
      select account_id, sum((draw ->> 1)::numeric - coalesce((draw ->> 3)::numeric, 0)) as charged
      from commitment_periods cross join lateral jsonb_array_elements(draws) draw group by account_id
    ) s on s.account_id = a.account_id`,
  objects: [],
  checks: [
    {
      name: 'An account belongs to an environment that exists',
      section: '§1',
      holds: 'has_environment',
      expected: `'an environment'`,
      found: 'environment',
    },
    {
      name: "An account's debt is what was borrowed less what was repaid and refunded",
      section: '§9.2',
      holds: 'debt = booked_debt',
      expected: 'trim_scale(booked_debt)',
      found: 'trim_scale(debt)',
    },
    {
      name: 'What an account has written off is what was booked for it',
      section: '§2',
      holds: 'written_off = booked_written_off',
      expected: 'trim_scale(booked_written_off)',
      found: 'trim_scale(written_off)',
    },
    {
      name: 'What was charged as debt and not refunded is still owed, or was repaid by grants or written off',
      section: '§9.2',
      holds: 'borrowed = debt + repaid + written_off',
      expected: `format('%s owed + %s repaid + %s written off', trim_scale(debt), trim_scale(repaid), trim_scale(written_off))`,
      found: 'trim_scale(borrowed)',
    },
    {
      name: 'What is held of an overdraft is what open holds have pinned of it',
      section: '§9.2',
      holds: 'overdraft_held = pinned_overdraft',
      expected: 'trim_scale(pinned_overdraft)',
      found: 'trim_scale(overdraft_held)',
    },
    {
      name: 'posted − held = available for every account',
      section: '§9.3',
      holds: 'posted - held = available',
      expected: `format('%s − %s', trim_scale(posted), trim_scale(held))`,
      found: 'trim_scale(available)',
    },
    {
      // An operator may lower a limit that is in use, and the row doesn't tell what it was before.
      name: 'available ≥ −overdraft limit for every account (it may be less where the limit was lowered)',
      section: '§9.3',
      severity: 'notice',
      holds: 'available >= -overdraft_limit',
      expected: `format('%s or more', trim_scale(-overdraft_limit))`,
      found: 'trim_scale(available)',
    },
    {
      // The debt stands for the overdraft that was used: that it is within its limit is said above.
      name: 'What was committed and not refunded, shortfalls included, is no more than what was granted, and the debt',
      section: '§9.4',
      holds: 'committed <= granted + debt + written_off',
      expected: `format('at most %s granted + %s debt', trim_scale(granted), trim_scale(debt + written_off))`,
      found: 'trim_scale(committed)',
    },
  ],
};
