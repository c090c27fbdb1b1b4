import { sql, type Kysely } from 'kysely';

/** When credits that will never be used are earned, and debt that nobody expects any more to be repaid. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [BREAKAGE, ACCOUNTS, TRANSFERS]) await sql.raw(statement).execute(db);
}

// "breakage_rates" has the part of 1 that is expected never to be used, by the month in which credits take effect, and "default".
const BREAKAGE = `
  alter table settings
    add column breakage_method text not null default 'on_expiry'
      constraint settings_know_their_breakage check (breakage_method in ('on_expiry', 'proportional')),
    add column breakage_rates jsonb not null default '{}'
      constraint settings_breakage_rates_are_an_object check (jsonb_typeof(breakage_rates) = 'object');
  grant update (breakage_method, breakage_rates) on settings to purser_app;
`;

// What was written off and hasn't come back since. Accounts are many: as in 0020, no row that is there is read or written anew.
const ACCOUNTS = `
  alter table accounts
    add column written_off numeric(38, 12) not null default 0,
    add constraint accounts_write_off_what_they_owe check (written_off >= 0 and written_off <> 'NaN') not valid;
  grant update (written_off) on accounts to purser_app;
`;

// A new value of an enum can't be named in the transaction that adds it, but its text can. Written off usage that is refunded
// is owed again for as long as the refund takes.
const TRANSFERS = `
  alter type transfer_kind add value 'write_off';
  alter type ledger_account add value 'write_off';
  alter table transfers
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
        when 'write_off' then debit::text = 'write_off' and credit = 'debt' or debit = 'debt' and credit::text = 'write_off'
        else false
      end) not valid;
`;
