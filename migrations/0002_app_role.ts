import { sql, type Kysely } from 'kysely';

/**
 * What the running service may do: the role `purser_app`, which the service takes on for every decision and every read.
 * It can add transfers and never touch one again; of the rest it can change what decisions change, and nothing else.
 * Partitions get no grants of their own, they are reached
 * through their tables; but whether the default ones are empty must be seen.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(ROLE).execute(db);
  await sql.raw(GRANTS).execute(db);
}

// Roles belong to the whole server, so another database may have made it. Whoever migrates must be able to take it on:
// its maker isn't a member by itself, anybody else may have been made one by the server's administrator.
const ROLE = `
  do $$ begin
    if not exists (select from pg_roles where rolname = 'purser_app') then
      create role purser_app nologin;
      execute format('grant purser_app to %I', current_user);
    elsif not pg_has_role(current_user, 'purser_app', 'member') then
      execute format('grant purser_app to %I', current_user);
    end if;
  end $$;
`;

const GRANTS = `
  do $$ begin execute format('grant usage on schema %I to purser_app', current_schema()); end $$;
  grant select on environments, api_keys, accounts, grants, holds, authorizations, transfers,
    idempotency_keys, idempotency_keys_kept,
    transfers_default, authorizations_default, idempotency_keys_default to purser_app;
  grant insert on accounts, grants, holds, authorizations, transfers, idempotency_keys, idempotency_keys_kept to purser_app;
  grant update (name, overdraft_limit, overage, time_zone, metadata, status, debt, overdraft_held, id_clock)
    on accounts to purser_app;
  grant update (remaining, held, repaid, open, voided_at) on grants to purser_app;
  grant update (amount, held, allocations, overdraft_held, committed, draws, steps, uncollected, expires_at,
    balance_posted, balance_held) on holds to purser_app;
  grant delete on holds to purser_app;
  grant update (status, amount, committed, draws, steps, uncollected, refunded, late, held_at_close, final_amount,
    expires_at, committed_at, closed_at, balance_posted, balance_held) on authorizations to purser_app;
`;
