import { accountSource, ENVIRONMENT, idAt, instantOf } from './account-source.ts';

/** A history in numbers: the i-th authorization belongs to account i modulo `accounts`, at an even distance in time. */
export interface HistoryPlan {
  /** The first authorization to fill; those before it belong to the plan all the same. */
  readonly from: number;
  readonly count: number;
  readonly accounts: number;
  readonly granted: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** How long each model ran: from the authorization to its commit. */
  readonly runMs: number;
}

/** What each authorization held, and what of it was committed. */
const HELD = '0.02';
const COMMITTED = '0.01';
const HOLD_MS = 15 * 60 * 1000;

/** A remembered answer is about as long as the API's. */
const BODY_LENGTH = 460;

/** One row per authorization: its account, its place among the account's own (`turn`), its times and its ids. */
function decisions(plan: HistoryPlan, from: number, to: number): string {
  const { accounts, count, start, end, runMs } = plan;
  return `
    with accounts_filled as materialized (${accountSource(0, accounts - 1)})
    select account_id, turn, created_ms, created_ms + ${runMs} as closed_ms,
      ${idAt('created_ms', 0)} as id,
      ${idAt(`created_ms + ${runMs}`, 1)} as transfer_id,
      ${idAt(String(start - 1), 0)} as grant_id
    from (
      select i % ${accounts} as ordinal, i / ${accounts} as turn, ${start} + i * ${end - start - runMs} / ${count} as created_ms
      from generate_series(${from}::bigint, ${to - 1}) i
    ) planned
    join accounts_filled using (ordinal)`;
}

export function insertAuthorizations(plan: HistoryPlan, from: number, to: number): string {
  const closed = instantOf('closed_ms');
  return `
    insert into authorizations (account_id, id, environment, status, amount, committed, draws, steps, uncollected, refunded,
      overage, late, held_at_close, final_amount, usage, tags, metadata, created_at, expires_at, committed_at, closed_at,
      balance_posted, balance_held)
    select account_id, id, '${ENVIRONMENT}', 'committed', ${HELD}, ${COMMITTED},
      jsonb_build_array(jsonb_build_array(grant_id, '${COMMITTED}', transfer_id)), '[]', 0, 0,
      'cap', false, ${HELD}, ${COMMITTED}, '[]', '{}', '{}', ${instantOf('created_ms')},
      ${instantOf(`created_ms + ${HOLD_MS}`)}, ${closed}, ${closed}, ${plan.granted} - (turn + 1) * ${COMMITTED}, 0
    from (${decisions(plan, from, to)}) d`;
}

export function insertTransfers(plan: HistoryPlan, from: number, to: number): string {
  return `
    insert into transfers (account_id, id, transaction_id, kind, debit, credit, amount, grant_id, authorization_id, created_at)
    select account_id, transfer_id, transfer_id, 'usage', 'grant', 'usage', ${COMMITTED}, grant_id, id, ${instantOf('closed_ms')}
    from (${decisions(plan, from, to)}) d`;
}

/** Two per authorization: that of its own request, and that of its commit. */
export function insertKeys(plan: HistoryPlan, from: number, to: number): string {
  return `
    insert into idempotency_keys (account_id, key, fingerprint, status, body, created_at)
    select account_id, gen_random_uuid(), gen_random_uuid(), status, rpad('{"id": "' || id, ${BODY_LENGTH}, ' '), ${instantOf('at')}
    from (${decisions(plan, from, to)}) d, lateral (values (201, created_ms), (200, closed_ms)) answers (status, at)`;
}

/** How many authorizations an account of a plan has. */
function turnsOf({ count, accounts }: HistoryPlan): string {
  return `(${count} - 1 - ordinal) / ${accounts} + 1`;
}

export function spendGrants(plan: HistoryPlan): string {
  return `
    update grants g set remaining = g.amount - ${COMMITTED} * (${turnsOf(plan)})
    from (${accountSource(0, plan.accounts - 1)}) a where g.account_id = a.account_id`;
}

/** No id will be made before the last one of the history. */
export function moveClocks(plan: HistoryPlan): string {
  return `
    update accounts c set id_clock = ${plan.end} * 4096::bigint
    from (${accountSource(0, plan.accounts - 1)}) a where c.account_id = a.account_id`;
}
