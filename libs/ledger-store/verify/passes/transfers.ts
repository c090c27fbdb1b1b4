import type { Pass } from '../pass.ts';

/** The database refuses most of this when it is written; here it is shown for what stands in it. */
export const transfers: Pass = {
  subject: 'transfers',
  rows: `
    select t.*,
      a.account_id is not null as has_account,
      g.id is not null and (t.into_grant_id is null or i.id is not null) as has_grant,
      z.id is not null or h.id is not null as has_authorization
    from transfers t
    left join accounts a on a.account_id = t.account_id
    left join grants g on g.account_id = t.account_id and g.id = t.grant_id
    left join grants i on i.account_id = t.account_id and i.id = t.into_grant_id
    left join authorizations z on z.account_id = t.account_id and z.id = t.authorization_id
    left join holds h on h.account_id = t.account_id and h.id = t.authorization_id`,
  objects: [
    { kind: 'transfer', column: 'id' },
    { kind: 'grant', column: 'grant_id' },
    { kind: 'grant', column: 'into_grant_id' },
    { kind: 'authorization', column: 'authorization_id' },
  ],
  checks: [
    {
      name: 'A transfer moves a positive amount between the ledger accounts that its kind allows',
      section: '§2',
      holds: `amount > 0 and amount <> 'NaN' and case kind
        when 'grant' then debit in ('funding:paid', 'funding:promotional', 'funding:included') and credit = 'grant'
        when 'usage' then debit in ('grant', 'debt') and credit = 'usage'
        when 'debt_repayment' then debit = 'grant' and credit = 'debt'
        when 'breakage' then debit = 'grant' and credit = 'breakage'
        when 'grant_void' then debit = 'grant' and credit in ('funding:paid', 'funding:promotional', 'funding:included')
        when 'refund' then debit = 'usage' and credit in ('grant', 'debt')
        when 'commitment' then debit in ('grant', 'debt') and credit = 'usage'
        when 'rollover' then debit = 'grant' and credit = 'grant' and into_grant_id <> grant_id
        when 'write_off' then (debit, credit) in (('write_off', 'debt'), ('debt', 'write_off'))
        when 'purchase_refund' then 'grant' in (debit, credit) and 'funding:paid' in (debit, credit)
      end`,
      expected: `'accounts that fit ' || kind`,
      found: `format('%s from %s to %s', trim_scale(amount), debit, credit)`,
    },
    {
      name: 'A transfer belongs to an account that exists',
      section: '§2',
      holds: 'has_account',
      expected: `'an account'`,
      found: 'null',
    },
    {
      name: 'A transfer from or to a grant names one of its own account, any other transfer none',
      section: '§2',
      holds: `case when 'grant' in (debit, credit) then has_grant else grant_id is null end`,
      expected: `case when 'grant' in (debit, credit) then 'a grant of the account' else 'no grant' end`,
      found: `case when grant_id is null then 'no grant' when has_grant then 'a grant' else 'a grant the account does not have' end`,
    },
    {
      name: 'A transfer of usage names an authorization of its own account; a refund may, any other transfer names none',
      section: '§4',
      holds: `case kind
        when 'usage' then has_authorization
        when 'refund' then has_authorization or authorization_id is null
        else authorization_id is null
      end`,
      expected: `case when kind in ('usage', 'refund') then 'an authorization of the account' else 'no authorization' end`,
      found: `case when authorization_id is null then 'no authorization'
        when has_authorization then 'an authorization'
        else 'an authorization the account does not have'
      end`,
    },
  ],
};
