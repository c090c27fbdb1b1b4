import { sql, type Kysely } from 'kysely';

/** What accounts commit to spend in every month, and what was missing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [ACCOUNTS, PERIODS, TRANSFERS]) await sql.raw(statement).execute(db);
}

// Accounts that never had a commitment have no periods, and nobody looks for any. Accounts are many, and locked meanwhile: as in
// 0020, no row that is there is read or written anew.
const ACCOUNTS = `
  alter table accounts
    add column commitment numeric(38, 12),
    add constraint accounts_commitment_is_positive check (commitment > 0 and commitment <> 'NaN') not valid,
    add column has_commitment_periods boolean not null default false,
    add constraint accounts_with_a_commitment_have_periods check (commitment is null or has_commitment_periods) not valid;
  grant update (commitment, has_commitment_periods) on accounts to purser_app;
`;

// A period is [period_start, period_end). "spent" is what the authorizations that were made in it, after "id", were charged less
// refunds. "draws" says where the shortfall was taken from, like those of an authorization.
const PERIODS = `
  create table commitment_periods (
    account_id bigint not null,
    id uuid not null,
    period_start timestamptz(3) not null,
    period_end timestamptz(3) not null,
    amount credit_sum not null constraint commitment_periods_amount_is_positive check (amount >= 0),
    spent credit_sum not null constraint commitment_periods_spent_is_positive check (spent >= 0),
    settled boolean not null,
    draws jsonb not null,
    uncollected credit_sum not null constraint commitment_periods_uncollected_is_positive check (uncollected >= 0),
    primary key (account_id, period_start),
    constraint commitment_periods_end_after_they_start check (period_start < period_end),
    constraint commitment_periods_are_charged_when_settled check (settled or (uncollected = 0 and draws = '[]'))
  ) with (fillfactor = 50);
  create index commitment_periods_running on commitment_periods (period_end) where not settled;
  grant select, insert on commitment_periods to purser_app;
  grant update (amount, spent, settled, draws, uncollected) on commitment_periods to purser_app;
`;

// A new value of an enum can't be named in the transaction that adds it, so the commitment is what is left. The rows that are
// there obey these constraints, because they obeyed stricter ones: nobody has to read them.
const TRANSFERS = `
  alter type transfer_kind add value 'commitment';
  alter table transfers
    drop constraint transfers_name_their_authorization,
    add constraint transfers_name_their_authorization check (
      case kind
        when 'usage' then authorization_id is not null
        when 'refund' then true
        else authorization_id is null
      end) not valid,
    drop constraint transfers_follow_the_chart,
    add constraint transfers_follow_the_chart check (
      case kind
        when 'grant' then debit in ('funding:paid', 'funding:promotional', 'funding:included') and credit = 'grant'
        when 'usage' then debit in ('grant', 'debt') and credit = 'usage'
        when 'debt_repayment' then debit = 'grant' and credit = 'debt'
        when 'breakage' then debit = 'grant' and credit = 'breakage'
        when 'grant_void' then debit = 'grant' and credit in ('funding:paid', 'funding:promotional', 'funding:included')
        when 'refund' then debit = 'usage' and credit in ('grant', 'debt')
        else debit in ('grant', 'debt') and credit = 'usage'
      end) not valid;
`;
