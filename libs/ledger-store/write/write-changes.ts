import {
  formatAmount,
  isOpen,
  type AccountKey,
  type AccountState,
  type Authorization,
  type DecisionContext,
  type DeclinedMinute,
  type Draw,
  type Grant,
  type GrantShare,
  type HoldStep,
  type JsonObject,
  type LedgerEvent,
  type BurnRate,
  type SentAlert,
  type Transfer,
} from '#ledger';
import { isoTime } from '../iso-time.ts';
import type { AuditEntry } from '../engine/audit.ts';
import { storedRules } from '../load/rows.ts';
import type { DecidedBatch, RememberedAnswer } from '../engine/decide-batch.ts';
import { arrayOf, deleteRows, insertRows, updateRows, type Column, type Statement } from '../statement.ts';

/**
 * The statements that write a decided batch: one per table and kind of change, none where nothing changed.
 * `closed` are the authorizations that were closed already when they were loaded.
 */
export function writeChanges(
  { changes, realNow }: Pick<DecisionContext, 'changes' | 'realNow'>,
  { remembered, audited }: Pick<DecidedBatch, 'remembered' | 'audited'>,
  closed: ReadonlySet<string>,
): Statement[] {
  const { accounts, grants, authorizations } = changes;
  const updated = [...authorizations.updated];
  const fromHolds = updated.filter(({ id }) => !closed.has(id));
  const closing = fromHolds.filter((authorization) => !isOpen(authorization));
  const created = [...authorizations.created];
  return [
    ...write(insertAccounts, [...accounts.created]),
    ...write(updateAccounts, [...accounts.updated]),
    ...write(updateTerms, [...accounts.terms]),
    ...write(updateAlerts, [...accounts.alerts]),
    ...write(insertGrants, [...grants.created]),
    ...write(updateGrants, [...grants.updated]),
    ...write(deleteHolds, closing),
    ...write(insertHolds, created.filter(isOpen)),
    ...write(updateHolds, fromHolds.filter(isOpen)),
    ...write(insertAuthorizations, [...closing, ...created.filter((authorization) => !isOpen(authorization))]),
    ...write(
      updateAuthorizations,
      updated.filter(({ id }) => closed.has(id)),
    ),
    ...write(insertTransfers, changes.transfers),
    ...write(insertEvents, changes.events),
    ...write(insertAlerts, changes.sentAlerts),
    ...write(deleteDeclines, [...changes.reportedDeclines]),
    ...write(countDeclines(realNow), [...changes.declines]),
    ...rememberAnswers(remembered),
    ...enterInAudit(audited),
  ];
}

/** The statements that keep answers under their keys. */
export function rememberAnswers(remembered: readonly RememberedAnswer[]): Statement[] {
  return [
    ...write(
      insertKeys,
      remembered.filter(({ key }) => !key.forever),
    ),
    ...write(
      insertKeptKeys,
      remembered.filter(({ key }) => key.forever),
    ),
  ];
}

/** The statements that enter changes in the audit log. */
export function enterInAudit(entries: readonly AuditEntry[]): Statement[] {
  return write(insertAudit, entries);
}

function write<Row>(statement: (rows: readonly Row[]) => Statement, rows: readonly Row[]): Statement[] {
  return rows.length > 0 ? [statement(rows)] : [];
}

function column<Row>(name: string, type: string, value: Column<Row>['value']): Column<Row> {
  return { name, type, value };
}

/** As ISO 8601, which an array literal takes as it is. A batch has one time, so the last is remembered. */
const time = (milliseconds: number | null): string | null => (milliseconds === null ? null : isoTime(milliseconds));

function shares(list: readonly GrantShare[]): string {
  return JSON.stringify(list.map(({ grantId, amount }) => [grantId, formatAmount(amount)]));
}

function draws(list: readonly Draw[]): string {
  return JSON.stringify(
    list.map(({ grantId, amount, transactionId, refunded }) => {
      const draw = [grantId, formatAmount(amount), transactionId];
      return refunded.isZero() ? draw : [...draw, formatAmount(refunded)];
    }),
  );
}

function steps(list: readonly HoldStep[]): string {
  return JSON.stringify(list.map(({ at, held }) => [at, formatAmount(held)]));
}

function samples({ samples: list }: BurnRate): string {
  return JSON.stringify(list.map(({ at, total }) => [at, formatAmount(total)]));
}

const ACCOUNT_SUMS: Column<AccountState>[] = [
  column('debt', 'numeric', ({ account }) => formatAmount(account.debt)),
  column('overdraft_held', 'numeric', ({ account }) => formatAmount(account.overdraftHeld)),
  column('usage_total', 'numeric', ({ account }) => formatAmount(account.burnRate.total)),
  column('id_clock', 'bigint', ({ ids }) => ids.version.toString()),
];
const ACCOUNT_KEY: Column<AccountState>[] = [column('account_id', 'bigint', ({ account }) => account.key)];
const ACCOUNT_TERMS: Column<AccountState>[] = [
  column('name', 'text', ({ account }) => account.terms.name),
  column('overdraft_limit', 'numeric', ({ account }) => formatAmount(account.terms.overdraftLimit)),
  column('overage', 'overage_policy', ({ account }) => account.terms.overage),
  column('time_zone', 'text', ({ account }) => account.terms.timeZone),
  column('metadata', 'jsonb', ({ account }) => JSON.stringify(account.terms.metadata)),
  column('status', 'account_status', ({ account }) => account.status),
];
const ACCOUNT_ALERTS: Column<AccountState>[] = [
  column('alert_rules', 'jsonb', ({ account }) => storedRules(account.alerts.rules)),
  column('alert_basis', 'numeric', ({ account }) => formatAmount(account.alerts.basis)),
  column('alert_epoch', 'integer', ({ account }) => account.alerts.epoch),
  column('alert_arming', 'integer', ({ account }) => account.alerts.arming),
  column('alerted_percent', 'integer', ({ account }) => account.alerts.percent),
  column('event_sequence', 'bigint', ({ account }) => account.sequence),
  column('usage_marks', 'jsonb', ({ account }) => samples(account.burnRate)),
];
const insertAccounts = insertRows<AccountState>('accounts', [
  ...ACCOUNT_KEY,
  column('environment', 'text', ({ account }) => account.environment),
  column('external_id', 'text', ({ account }) => account.id),
  column('unit', 'text', ({ account }) => account.unit),
  column('created_at', 'timestamptz', ({ account }) => time(account.createdAt)),
  column('test_clock', 'integer', ({ account }) => account.testClock?.number ?? 0),
  ...ACCOUNT_TERMS,
  ...ACCOUNT_SUMS,
  ...ACCOUNT_ALERTS,
]);
const updateAccounts = updateRows<AccountState>('accounts', ACCOUNT_KEY, ACCOUNT_SUMS);
const updateAlerts = updateRows<AccountState>('accounts', ACCOUNT_KEY, ACCOUNT_ALERTS);
const updateTerms = updateRows<AccountState>('accounts', ACCOUNT_KEY, ACCOUNT_TERMS);

const GRANT_KEY: Column<Grant>[] = [
  column('account_id', 'bigint', (row) => row.accountKey),
  column('id', 'uuid', (row) => row.id),
];
const GRANT_SUMS: Column<Grant>[] = [
  column('remaining', 'numeric', (row) => formatAmount(row.remaining)),
  column('held', 'numeric', (row) => formatAmount(row.held)),
  column('repaid', 'numeric', (row) => formatAmount(row.repaid)),
  column('open', 'boolean', (row) => !row.remaining.isZero()),
  column('voided_at', 'timestamptz', (row) => time(row.voidedAt)),
  column('entered', 'boolean', (row) => row.entered),
  column('expired', 'boolean', (row) => row.expired),
  column('expiry_notices', 'smallint', (row) => row.expiryNotices),
];
const insertGrants = insertRows<Grant>('grants', [
  ...GRANT_KEY,
  ...GRANT_SUMS,
  column('amount', 'numeric', (row) => formatAmount(row.amount)),
  column('category', 'grant_category', (row) => row.category),
  column('priority', 'smallint', (row) => row.priority),
  column('scope', 'jsonb', (row) => (row.scope === null ? null : JSON.stringify(row.scope))),
  column('cost_basis', 'numeric', (row) => (row.costBasis === null ? null : formatAmount(row.costBasis))),
  column('effective_at', 'timestamptz', (row) => time(row.effectiveAt)),
  column('expires_at', 'timestamptz', (row) => time(row.expiresAt)),
  column('metadata', 'jsonb', (row) => JSON.stringify(row.metadata)),
  column('created_at', 'timestamptz', (row) => time(row.createdAt)),
]);
const updateGrants = updateRows<Grant>('grants', GRANT_KEY, GRANT_SUMS);

const AUTHORIZATION_KEY: Column<Authorization>[] = [
  column('account_id', 'bigint', (row) => row.accountKey),
  column('id', 'uuid', (row) => row.id),
];
/** What a decision may change on an authorization, open or closed. */
const AUTHORIZATION_SUMS: Column<Authorization>[] = [
  column('committed', 'numeric', (row) => formatAmount(row.committed)),
  column('draws', 'jsonb', (row) => draws(row.draws)),
  column('steps', 'jsonb', (row) => steps(row.steps)),
  column('uncollected', 'numeric', (row) => formatAmount(row.uncollected)),
  column('balance_posted', 'numeric', (row) => formatAmount(row.balance.posted)),
  column('balance_held', 'numeric', (row) => formatAmount(row.balance.held)),
];
const AUTHORIZATION_FACTS: Column<Authorization>[] = [
  column('environment', 'text', (row) => row.environment),
  column('overage', 'overage_policy', (row) => row.overage),
  column('usage', 'jsonb', (row) => JSON.stringify(row.usage)),
  column('tags', 'jsonb', (row) => JSON.stringify(row.tags)),
  column('metadata', 'jsonb', (row) => JSON.stringify(row.metadata)),
  column('created_at', 'timestamptz', (row) => time(row.createdAt)),
];
const HOLD_SUMS: Column<Authorization>[] = [
  column('amount', 'numeric', (row) => formatAmount(row.amount)),
  column('expires_at', 'timestamptz', (row) => time(row.expiresAt)),
  column('held', 'numeric', (row) => formatAmount(row.held)),
  column('allocations', 'jsonb', (row) => shares(row.allocations)),
  column('overdraft_held', 'numeric', (row) => formatAmount(row.overdraftHeld)),
  ...AUTHORIZATION_SUMS,
];
const ENDING: Column<Authorization>[] = [
  column('amount', 'numeric', (row) => formatAmount(row.amount)),
  column('expires_at', 'timestamptz', (row) => time(row.expiresAt)),
  column('status', 'authorization_status', (row) => row.status),
  column('refunded', 'numeric', (row) => formatAmount(row.refunded)),
  column('late', 'boolean', (row) => row.late),
  column('held_at_close', 'numeric', (row) => (row.heldAtClose === null ? null : formatAmount(row.heldAtClose))),
  column('final_amount', 'numeric', (row) => (row.finalAmount === null ? null : formatAmount(row.finalAmount))),
  column('committed_at', 'timestamptz', (row) => time(row.committedAt)),
  column('closed_at', 'timestamptz', (row) => time(row.closedAt)),
  ...AUTHORIZATION_SUMS,
];
const insertHolds = insertRows<Authorization>('holds', [...AUTHORIZATION_KEY, ...AUTHORIZATION_FACTS, ...HOLD_SUMS]);
const updateHolds = updateRows<Authorization>('holds', AUTHORIZATION_KEY, HOLD_SUMS);
const insertAuthorizations = insertRows<Authorization>('authorizations', [
  ...AUTHORIZATION_KEY,
  ...AUTHORIZATION_FACTS,
  ...ENDING,
]);
const updateAuthorizations = updateRows<Authorization>('authorizations', AUTHORIZATION_KEY, ENDING);

const deleteHolds = deleteRows<Authorization>('holds', AUTHORIZATION_KEY);

const insertTransfers = insertRows<Transfer>('transfers', [
  column('account_id', 'bigint', (row) => row.accountKey),
  column('id', 'uuid', (row) => row.id),
  column('transaction_id', 'uuid', (row) => row.transactionId),
  column('kind', 'transfer_kind', (row) => row.kind),
  column('debit', 'ledger_account', (row) => row.debit),
  column('credit', 'ledger_account', (row) => row.credit),
  column('amount', 'numeric', (row) => formatAmount(row.amount)),
  column('grant_id', 'uuid', (row) => row.grantId),
  column('authorization_id', 'uuid', (row) => row.authorizationId),
  column('corrects', 'uuid', (row) => row.corrects),
  column('reason', 'text', (row) => row.reason),
  column('created_at', 'timestamptz', (row) => time(row.createdAt)),
]);

const insertEvents = insertRows<LedgerEvent>('events', [
  column('account_id', 'bigint', (row) => row.accountKey),
  column('id', 'uuid', (row) => row.id),
  column('environment', 'text', (row) => row.environment),
  column('type', 'text', (row) => row.type),
  column('sequence', 'bigint', (row) => row.sequence),
  column('data', 'jsonb', (row) => JSON.stringify(row.data)),
  column('occurred_at', 'timestamptz', (row) => time(row.occurredAt)),
]);
const insertAlerts = insertRows<SentAlert>('alerts', [
  column('account_id', 'bigint', (row) => row.accountKey),
  column('rule', 'text', (row) => row.rule),
  column('round', 'integer', (row) => row.round),
  column('threshold', 'numeric', (row) => row.threshold),
  column('event_id', 'uuid', (row) => row.eventId),
]);

const deleteDeclines = deleteRows<DeclinedMinute>('declines', [
  column('account_id', 'bigint', (row) => row.accountKey),
  column('minute', 'timestamptz', (row) => time(row.minute)),
]);

/** They are counted in the minute of the decision. */
function countDeclines(realNow: number): (declines: readonly (readonly [AccountKey, number])[]) => Statement {
  return (declines) => ({
    name: 'count_declines',
    text: `insert into declines as d (account_id, minute, requests)
      select v.account_id, date_trunc('minute', $3::timestamptz), v.requests
      from unnest($1::bigint[], $2::integer[]) v (account_id, requests)
      on conflict (account_id, minute) do update set requests = d.requests + excluded.requests`,
    values: [
      arrayOf(declines.map(([key]) => key)),
      arrayOf(declines.map(([, requests]) => requests)),
      isoTime(realNow),
    ],
  });
}

const KEY_COLUMNS: Column<RememberedAnswer>[] = [
  column('account_id', 'bigint', ({ key }) => key.scope),
  column('key', 'uuid', ({ key }) => key.key),
  column('fingerprint', 'uuid', ({ key }) => key.fingerprint),
  column('status', 'smallint', ({ answer }) => answer.status),
  column('body', 'json', ({ answer }) => answer.body),
];
const insertKeys = insertRows<RememberedAnswer>('idempotency_keys', KEY_COLUMNS);
const insertKeptKeys = insertRows<RememberedAnswer>('idempotency_keys_kept', KEY_COLUMNS);

const json = (value: JsonObject | null): string | null => value && JSON.stringify(value);

const insertAudit = insertRows<AuditEntry>('audit_log', [
  column('environment', 'text', (row) => row.environment),
  column('id', 'uuid', (row) => row.id),
  column('actor_key', 'uuid', (row) => row.actor.keyId),
  column('actor_name', 'text', (row) => row.actor.keyName),
  column('call', 'text', (row) => row.actor.call),
  column('object', 'text', (row) => row.object),
  column('before', 'jsonb', (row) => json(row.before)),
  column('after', 'jsonb', (row) => json(row.after)),
  column('request_id', 'text', (row) => row.actor.requestId),
  column('created_at', 'timestamptz', (row) => time(row.at)),
]);
