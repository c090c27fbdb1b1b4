import { isOpen, type Changes, type DecisionContext } from '#ledger';
import type { AuditEntry } from '../engine/audit.ts';
import type { DecidedBatch, RememberedAnswer } from '../engine/decide-batch.ts';
import { deleteRows, insertRows, updateRows, type Statement } from '../statement.ts';
import { ACCOUNT_OVERRIDES } from '../tables/account-overrides.ts';
import { ACCOUNT_REFILLS } from '../tables/account-refills.ts';
import { ACCOUNTS } from '../tables/accounts.ts';
import { ALERTS } from '../tables/alerts.ts';
import { AUDIT_LOG } from '../tables/audit-log.ts';
import { AUTHORIZATIONS } from '../tables/authorizations.ts';
import { BUDGET_ALERTS } from '../tables/budget-alerts.ts';
import { COMMITMENT_PERIODS } from '../tables/commitment-periods.ts';
import { COUNTERS } from '../tables/counters.ts';
import { DECLINES } from '../tables/declines.ts';
import { EVENTS } from '../tables/events.ts';
import { GRANTS } from '../tables/grants.ts';
import { HOLDS } from '../tables/holds.ts';
import { IDEMPOTENCY_KEYS, KEPT_IDEMPOTENCY_KEYS } from '../tables/idempotency-keys.ts';
import { PURCHASES } from '../tables/purchases.ts';
import { RAISE_REQUESTS } from '../tables/raise-requests.ts';
import { TRANSFERS } from '../tables/transfers.ts';
import { UNCOLLECTED_USAGE } from '../tables/uncollected-usage.ts';
import { USAGE_RECORDS } from '../tables/usage-records.ts';
import { countDeclines } from './count-declines.ts';
import { watchAccounts } from './watch-accounts.ts';

const insertAccounts = insertRows(ACCOUNTS);
const updateSums = updateRows(ACCOUNTS, 'sums');
const updateTerms = updateRows(ACCOUNTS, 'terms');
const updateBudgets = updateRows(ACCOUNTS, 'budgets');
const updateRules = updateRows(ACCOUNTS, 'rules');
const updateAlerts = updateRows(ACCOUNTS, 'alerts');
const insertRefills = insertRows(ACCOUNT_REFILLS);
const updateRefills = updateRows(ACCOUNT_REFILLS);
const insertGrants = insertRows(GRANTS);
const updateGrants = updateRows(GRANTS);
const updateWholeGrants = updateRows(GRANTS, 'state', 'rare');
const insertPurchases = insertRows(PURCHASES);
const updatePurchases = updateRows(PURCHASES);
const insertHolds = insertRows(HOLDS);
const updateHolds = updateRows(HOLDS);
const deleteHolds = deleteRows(HOLDS);
const insertAuthorizations = insertRows(AUTHORIZATIONS);
const updateAuthorizations = updateRows(AUTHORIZATIONS);
const insertCounters = insertRows(COUNTERS);
const updateCounterSums = updateRows(COUNTERS, 'sums');
const updateCounters = updateRows(COUNTERS, 'sums', 'state');
const insertCommitmentPeriods = insertRows(COMMITMENT_PERIODS);
const updateCommitmentPeriods = updateRows(COMMITMENT_PERIODS);
const insertTransfers = insertRows(TRANSFERS);
const insertOverrides = insertRows(ACCOUNT_OVERRIDES);
const insertUsageRecords = insertRows(USAGE_RECORDS);
const insertUncollected = insertRows(UNCOLLECTED_USAGE);
const insertEvents = insertRows(EVENTS);
const insertAlerts = insertRows(ALERTS);
const insertBudgetAlerts = insertRows(BUDGET_ALERTS);
const insertRaiseRequests = insertRows(RAISE_REQUESTS);
const updateRaiseRequests = updateRows(RAISE_REQUESTS);
const deleteDeclines = deleteRows(DECLINES);
const insertKeys = insertRows(IDEMPOTENCY_KEYS);
const insertKeptKeys = insertRows(KEPT_IDEMPOTENCY_KEYS);
const insertAudit = insertRows(AUDIT_LOG);

/**
 * The statements that write a decided batch: one per table and kind of change, none where nothing changed.
 * `closed` are the authorizations that were closed already when they were loaded.
 */
export function writeChanges(
  { changes, realNow }: Pick<DecisionContext, 'changes' | 'realNow'>,
  { remembered, audited }: Pick<DecidedBatch, 'remembered' | 'audited'>,
  closed: ReadonlySet<string>,
): Statement[] {
  const { accounts, refills, grants, counters, commitments, authorizations } = changes;
  const updated = [...authorizations.updated];
  const fromHolds = updated.filter(({ id }) => !closed.has(id));
  const closing = fromHolds.filter((authorization) => !isOpen(authorization));
  const created = [...authorizations.created];
  return [
    ...write(insertAccounts, [...accounts.created]),
    ...write(updateSums, [...accounts.updated]),
    ...write(updateTerms, [...accounts.terms]),
    ...write(updateBudgets, [...accounts.budgets]),
    ...write(updateRules, [...accounts.rules]),
    ...write(
      watchAccounts,
      [...accounts.rules].map(({ account }) => account.key),
    ),
    ...write(updateAlerts, [...accounts.alerts]),
    ...write(insertRefills, [...refills.created]),
    ...write(updateRefills, [...refills.updated]),
    ...writeGrants(grants),
    // One that ends makes room for another.
    ...write(updatePurchases, [...changes.purchases.updated]),
    ...write(insertPurchases, [...changes.purchases.created]),
    ...write(deleteHolds, closing),
    ...write(insertHolds, created.filter(isOpen)),
    ...write(updateHolds, fromHolds.filter(isOpen)),
    ...write(insertAuthorizations, [...closing, ...created.filter((authorization) => !isOpen(authorization))]),
    ...write(
      updateAuthorizations,
      updated.filter(({ id }) => closed.has(id)),
    ),
    ...write(insertCounters, [...counters.created]),
    ...write(
      updateCounterSums,
      [...counters.updated].filter((window) => !counters.whole.has(window)),
    ),
    ...write(updateCounters, [...counters.whole]),
    ...write(insertCommitmentPeriods, [...commitments.created]),
    ...write(updateCommitmentPeriods, [...commitments.updated]),
    ...write(insertTransfers, changes.transfers),
    ...write(insertOverrides, changes.overrides),
    ...write(insertUsageRecords, changes.usageRecords),
    ...write(insertUncollected, changes.uncollected),
    ...write(insertEvents, changes.events),
    ...write(insertAlerts, changes.sentAlerts),
    ...write(insertBudgetAlerts, changes.sentBudgetAlerts),
    ...write(insertRaiseRequests, [...changes.raiseRequests.created]),
    ...write(updateRaiseRequests, [...changes.raiseRequests.updated]),
    ...write(deleteDeclines, [...changes.reportedDeclines]),
    ...write((declines) => countDeclines(declines, realNow), [...changes.declines]),
    ...rememberAnswers(remembered),
    ...enterInAudit(audited),
  ];
}

function writeGrants({ created, updated, rare }: Changes['grants']): Statement[] {
  return [
    ...write(insertGrants, [...created]),
    ...write(
      updateGrants,
      [...updated].filter((grant) => !rare.has(grant)),
    ),
    ...write(updateWholeGrants, [...rare]),
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
