import { ACCOUNT_OVERRIDES } from './account-overrides.ts';
import { ACCOUNT_REFILLS } from './account-refills.ts';
import { ACCOUNTS } from './accounts.ts';
import { ALERTS } from './alerts.ts';
import { AUDIT_LOG } from './audit-log.ts';
import { AUTHORIZATIONS } from './authorizations.ts';
import { BUDGET_ALERTS } from './budget-alerts.ts';
import { COMMITMENT_PERIODS } from './commitment-periods.ts';
import { COUNTERS } from './counters.ts';
import { DECLINES } from './declines.ts';
import { EVENTS } from './events.ts';
import { GRANTS } from './grants.ts';
import { HOLDS } from './holds.ts';
import { IDEMPOTENCY_KEYS, KEPT_IDEMPOTENCY_KEYS } from './idempotency-keys.ts';
import { PURCHASES } from './purchases.ts';
import type { TableOwner } from './table.ts';
import { RAISE_REQUESTS } from './raise-requests.ts';
import { TRANSFERS } from './transfers.ts';
import { UNCOLLECTED_USAGE } from './uncollected-usage.ts';
import { USAGE_RECORDS } from './usage-records.ts';

/** The tables that the ledger writes by their descriptions. */
export const DESCRIBED_TABLES = [
  ACCOUNTS,
  ACCOUNT_OVERRIDES,
  ACCOUNT_REFILLS,
  ALERTS,
  AUDIT_LOG,
  AUTHORIZATIONS,
  BUDGET_ALERTS,
  PURCHASES,
  RAISE_REQUESTS,
  COMMITMENT_PERIODS,
  COUNTERS,
  DECLINES,
  EVENTS,
  GRANTS,
  HOLDS,
  IDEMPOTENCY_KEYS,
  KEPT_IDEMPOTENCY_KEYS,
  TRANSFERS,
  UNCOLLECTED_USAGE,
  USAGE_RECORDS,
] as const;

/** Tables that are written by statements of their own. */
const OTHER_TABLES: Readonly<Record<string, TableOwner>> = {
  anomalies: 'account',
  api_keys: 'environment',
  chain_links: 'account',
  booked_usage: 'account',
  closing_progress: 'environment',
  closings: 'account',
  credit_packages: 'environment',
  environments: 'environment',
  declined_requests: 'account',
  event_feed: 'environment',
  environment_usage_quantities: 'environment',
  environment_usage_slots: 'environment',
  erasures: 'account',
  forecasts: 'account',
  money_positions: 'account',
  money_slots: 'account',
  plan_versions: 'environment',
  plans: 'environment',
  payment_attempts: 'account',
  period_closings: 'environment',
  period_heads: 'account',
  period_reports: 'environment',
  periods: 'environment',
  purser_migration: 'environment',
  purser_migration_lock: 'environment',
  rate_card_versions: 'environment',
  rate_cards: 'environment',
  rollup_cursors: 'account',
  settings: 'environment',
  span_limit_shares: 'environment',
  span_limit_windows: 'environment',
  span_limits: 'environment',
  tag_months: 'account',
  tag_slots: 'account',
  test_clocks: 'environment',
  test_payments: 'environment',
  usage_quantities: 'account',
  usage_slots: 'account',
  verifications: 'environment',
  watched_accounts: 'account',
  webhook_deliveries: 'account',
  webhook_endpoints: 'environment',
};

/** Who owns the rows of each table of the database. */
export const TABLE_OWNERS: ReadonlyMap<string, TableOwner> = new Map([
  ...DESCRIBED_TABLES.map(({ name, owner }) => [name, owner] as const),
  ...Object.entries(OTHER_TABLES),
]);
