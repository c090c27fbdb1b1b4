import type { Migration } from 'kysely/migration';
import * as ledger from '../../migrations/0001_ledger.ts';
import * as appRole from '../../migrations/0002_app_role.ts';
import * as foreignKeys from '../../migrations/0003_foreign_keys.ts';
import * as hotPath from '../../migrations/0004_hot_path.ts';
import * as access from '../../migrations/0005_access.ts';
import * as testClock from '../../migrations/0006_test_clock.ts';
import * as events from '../../migrations/0007_events.ts';
import * as operations from '../../migrations/0008_operations.ts';
import * as webhooks from '../../migrations/0009_webhooks.ts';
import * as closings from '../../migrations/0010_closings.ts';
import * as ownersAndKeys from '../../migrations/0011_owners_and_keys.ts';
import * as refusedBatches from '../../migrations/0012_refused_batches.ts';
import * as eventPositions from '../../migrations/0013_event_positions.ts';
import * as closedAccounts from '../../migrations/0014_closed_accounts.ts';
import * as quietRefusals from '../../migrations/0015_quiet_refusals.ts';
import * as amountsOfHolds from '../../migrations/0016_amounts_of_holds.ts';
import * as holdLifetime from '../../migrations/0017_hold_lifetime.ts';
import * as rateCards from '../../migrations/0018_rate_cards.ts';
import * as counters from '../../migrations/0019_counters.ts';
import * as usageRecords from '../../migrations/0020_usage_records.ts';
import * as commitments from '../../migrations/0021_commitments.ts';
import * as budgets from '../../migrations/0022_budgets.ts';
import * as windowsByValue from '../../migrations/0023_windows_by_value.ts';
import * as spanLimits from '../../migrations/0024_span_limits.ts';
import * as rules from '../../migrations/0025_rules.ts';
import * as budgetsOfAccounts from '../../migrations/0026_budgets_of_accounts.ts';
import * as standing from '../../migrations/0027_standing.ts';
import * as refills from '../../migrations/0028_refills.ts';
import * as purchases from '../../migrations/0029_purchases.ts';
import * as topupCaps from '../../migrations/0030_topup_caps.ts';
import * as recurringGrants from '../../migrations/0031_recurring_grants.ts';
import * as plans from '../../migrations/0032_plans.ts';
import * as testPayments from '../../migrations/0033_test_payments.ts';
import * as paymentAttempts from '../../migrations/0034_payment_attempts.ts';
import * as creditPackages from '../../migrations/0035_credit_packages.ts';
import * as rollups from '../../migrations/0036_rollups.ts';
import * as uncollectedUsage from '../../migrations/0037_uncollected_usage.ts';
import * as finance from '../../migrations/0038_finance.ts';
import * as declinedRequests from '../../migrations/0039_declined_requests.ts';
import * as anomalies from '../../migrations/0040_anomalies.ts';
import * as periods from '../../migrations/0041_periods.ts';
import * as chargebackSplits from '../../migrations/0042_chargeback_splits.ts';
import * as forecasts from '../../migrations/0043_forecasts.ts';

/** All migrations by name; they run in the order of their names, each once. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001_ledger': ledger,
  '0002_app_role': appRole,
  '0003_foreign_keys': foreignKeys,
  '0004_hot_path': hotPath,
  '0005_access': access,
  '0006_test_clock': testClock,
  '0007_events': events,
  '0008_operations': operations,
  '0009_webhooks': webhooks,
  '0010_closings': closings,
  '0011_owners_and_keys': ownersAndKeys,
  '0012_refused_batches': refusedBatches,
  '0013_event_positions': eventPositions,
  '0014_closed_accounts': closedAccounts,
  '0015_quiet_refusals': quietRefusals,
  '0016_amounts_of_holds': amountsOfHolds,
  '0017_hold_lifetime': holdLifetime,
  '0018_rate_cards': rateCards,
  '0019_counters': counters,
  '0020_usage_records': usageRecords,
  '0021_commitments': commitments,
  '0022_budgets': budgets,
  '0023_windows_by_value': windowsByValue,
  '0024_span_limits': spanLimits,
  '0025_rules': rules,
  '0026_budgets_of_accounts': budgetsOfAccounts,
  '0027_standing': standing,
  '0028_refills': refills,
  '0029_purchases': purchases,
  '0030_topup_caps': topupCaps,
  '0031_recurring_grants': recurringGrants,
  '0032_plans': plans,
  '0033_test_payments': testPayments,
  '0034_payment_attempts': paymentAttempts,
  '0035_credit_packages': creditPackages,
  '0036_rollups': rollups,
  '0037_uncollected_usage': uncollectedUsage,
  '0038_finance': finance,
  '0039_declined_requests': declinedRequests,
  '0040_anomalies': anomalies,
  '0041_periods': periods,
  '0042_chargeback_splits': chargebackSplits,
  '0043_forecasts': forecasts,
};
