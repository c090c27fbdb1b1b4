import { sql, type Kysely } from 'kysely';

/** Grants that are made for periods, and what is left of them and rolls over. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [GRANTS, TRANSFERS]) await sql.raw(statement).execute(db);
}

// The period that a grant was made for. Grants are many: as in 0020, no row that is there is read or written anew.
const GRANTS = `
  alter table grants add column period jsonb;
`;

// A new value of an enum can't be named in the transaction that adds it, but its text can. What rolls over is the only transfer
// between two grants.
const TRANSFERS = `
  alter type transfer_kind add value 'rollover';
  alter table transfers
    add column into_grant_id uuid,
    drop constraint transfers_debit_is_not_credit,
    add constraint transfers_debit_is_not_credit check (debit <> credit or coalesce(into_grant_id <> grant_id, false)) not valid,
    add constraint transfers_name_the_grant_they_roll_over_into
      check ((kind::text = 'rollover') = (into_grant_id is not null)) not valid,
    drop constraint transfers_follow_the_chart,
    add constraint transfers_follow_the_chart check (
      case kind::text
        when 'grant' then debit in ('funding:paid', 'funding:promotional', 'funding:included') and credit = 'grant'
        when 'usage' then debit in ('grant', 'debt') and credit = 'usage'
        when 'debt_repayment' then debit = 'grant' and credit = 'debt'
        when 'breakage' then debit = 'grant' and credit = 'breakage'
        when 'grant_void' then debit = 'grant' and credit in ('funding:paid', 'funding:promotional', 'funding:included')
        when 'refund' then debit = 'usage' and credit in ('grant', 'debt')
        when 'commitment' then debit in ('grant', 'debt') and credit = 'usage'
        when 'purchase_refund' then 'grant' in (debit, credit) and 'funding:paid' in (debit, credit)
        when 'rollover' then debit = 'grant' and credit = 'grant'
        else false
      end) not valid;
`;
