import { ACCOUNT_BUDGET_OPERATIONS } from '../budgets/account-budgets.operations.ts';
import { AccountBudgetsController } from '../budgets/account-budgets.controller.ts';
import { BUDGET_OPERATIONS } from '../budgets/budgets.operations.ts';
import { BudgetsController } from '../budgets/budgets.controller.ts';
import { RAISE_REQUEST_OPERATIONS } from '../budgets/raise-requests.operations.ts';
import { RaiseRequestsController } from '../budgets/raise-requests.controller.ts';
import { ACCOUNT_OPERATIONS } from '../accounts/accounts.operations.ts';
import { AccountsController } from '../accounts/accounts.controller.ts';
import { AUTHORIZATION_OPERATIONS } from '../authorizations/authorizations.operations.ts';
import { ACCOUNT_ALERT_OPERATIONS, ALERT_OPERATIONS } from '../alerts/alerts.operations.ts';
import { AccountAlertsController } from '../alerts/account-alerts.controller.ts';
import { AccountRulesController } from '../rules/account-rules.controller.ts';
import { DryRunController } from '../rules/dry-run.controller.ts';
import { RulesController } from '../rules/rules.controller.ts';
import { ACCOUNT_RULE_OPERATIONS, DRY_RUN_OPERATIONS, RULE_OPERATIONS } from '../rules/rules.operations.ts';
import { AlertsController } from '../alerts/alerts.controller.ts';
import { EVENT_OPERATIONS } from '../events/events.operations.ts';
import { EventsController } from '../events/events.controller.ts';
import { AuditLogController } from '../audit-log/audit-log.controller.ts';
import { AUDIT_LOG_OPERATIONS } from '../audit-log/audit-log.operations.ts';
import { ApiKeysController } from '../api-keys/api-keys.controller.ts';
import { API_KEY_OPERATIONS } from '../api-keys/api-keys.operations.ts';
import { AuthorizationsController } from '../authorizations/authorizations.controller.ts';
import { CHARGE_OPERATIONS } from '../charges/charges.operations.ts';
import { ChargesController } from '../charges/charges.controller.ts';
import { AUTO_TOPUP_OPERATIONS } from '../auto-topup/auto-topup.operations.ts';
import { AutoTopupController } from '../auto-topup/auto-topup.controller.ts';
import { CREDIT_PACKAGE_OPERATIONS } from '../credit-packages/credit-packages.operations.ts';
import { CreditPackagesController } from '../credit-packages/credit-packages.controller.ts';
import { PURCHASE_OPERATIONS, TOPUP_OPERATIONS } from '../purchases/purchases.operations.ts';
import { PurchasesController } from '../purchases/purchases.controller.ts';
import { TopupsController } from '../purchases/topups.controller.ts';
import { ACTIVITY_OPERATIONS } from '../activity/activity.operations.ts';
import { ActivityController } from '../activity/activity.controller.ts';
import { USAGE_REPORT_OPERATIONS } from '../usage-reports/usage-reports.operations.ts';
import { UsageReportsController } from '../usage-reports/usage-reports.controller.ts';
import { DECLINE_OPERATIONS } from '../declines/declines.operations.ts';
import { DeclinesController } from '../declines/declines.controller.ts';
import { ENVIRONMENT_OPERATIONS } from '../environments/environments.operations.ts';
import { EnvironmentsController } from '../environments/environments.controller.ts';
import { GRANT_OPERATIONS } from '../grants/grants.operations.ts';
import { GrantsController } from '../grants/grants.controller.ts';
import { HEALTH_OPERATIONS } from '../health/health.operations.ts';
import { HealthController } from '../health/health.controller.ts';
import { LIMIT_OPERATIONS } from '../limits/limits.operations.ts';
import { LimitsController } from '../limits/limits.controller.ts';
import { METRICS_OPERATIONS } from '../metrics/metrics.operations.ts';
import { MetricsController } from '../metrics/metrics.controller.ts';
import { RecurringGrantsController } from '../recurring-grants/recurring-grants.controller.ts';
import { RECURRING_GRANT_OPERATIONS } from '../recurring-grants/recurring-grants.operations.ts';
import { ACCOUNT_PLAN_OPERATIONS } from '../plans/account-plan.operations.ts';
import { AccountPlanController } from '../plans/account-plan.controller.ts';
import { PLAN_OPERATIONS } from '../plans/plans.operations.ts';
import { PlansController } from '../plans/plans.controller.ts';
import { PERIOD_OPERATIONS } from '../periods/periods.operations.ts';
import { PeriodsController } from '../periods/periods.controller.ts';
import { QUOTE_OPERATIONS } from '../quotes/quotes.operations.ts';
import { QuotesController } from '../quotes/quotes.controller.ts';
import { RATE_CARD_OPERATIONS } from '../rate-cards/rate-cards.operations.ts';
import { RateCardsController } from '../rate-cards/rate-cards.controller.ts';
import { ANOMALY_OPERATIONS } from '../anomalies/anomalies.operations.ts';
import { AnomaliesController } from '../anomalies/anomalies.controller.ts';
import { FORECAST_OPERATIONS } from '../forecast/forecast.operations.ts';
import { ForecastController } from '../forecast/forecast.controller.ts';
import { COST_REPORT_OPERATIONS } from '../reports/cost-reports.operations.ts';
import { CostReportsController } from '../reports/cost-reports.controller.ts';
import { WHAT_IF_OPERATIONS } from '../reports/what-if.operations.ts';
import { WhatIfController } from '../reports/what-if.controller.ts';
import { REPORT_OPERATIONS } from '../reports/reports.operations.ts';
import { ReportsController } from '../reports/reports.controller.ts';
import { STANDING_OPERATIONS } from '../standing/standing.operations.ts';
import { StandingController } from '../standing/standing.controller.ts';
import { SETTINGS_OPERATIONS } from '../settings/settings.operations.ts';
import { SettingsController } from '../settings/settings.controller.ts';
import { TEST_CLOCK_OPERATIONS } from '../test-clock/test-clock.operations.ts';
import { TestClockController } from '../test-clock/test-clock.controller.ts';
import { USAGE_OPERATIONS } from '../usage/usage.operations.ts';
import { UsageController } from '../usage/usage.controller.ts';
import { TRANSFER_OPERATIONS } from '../transfers/transfers.operations.ts';
import { TransfersController } from '../transfers/transfers.controller.ts';
import { AccountStreamController } from '../stream/account-stream.controller.ts';
import { ACCOUNT_STREAM_OPERATIONS } from '../stream/account-stream.operations.ts';
import { RedeliveriesController } from '../webhook-endpoints/redeliveries.controller.ts';
import { WebhookEndpointsController } from '../webhook-endpoints/webhook-endpoints.controller.ts';
import {
  REDELIVERY_OPERATIONS,
  WEBHOOK_ENDPOINT_OPERATIONS,
} from '../webhook-endpoints/webhook-endpoints.operations.ts';
import { DescriptionController } from './description.controller.ts';
import { DESCRIPTION_OPERATIONS } from './description.operations.ts';
import { described } from './operation.ts';

/** All controllers of the API, in the order of its description. One without a description isn't part of it. */
export const DESCRIBED_CONTROLLERS = [
  described(AccountsController, 'Accounts', ACCOUNT_OPERATIONS),
  described(GrantsController, 'Grants', GRANT_OPERATIONS),
  described(RecurringGrantsController, 'Grants', RECURRING_GRANT_OPERATIONS),
  described(AuthorizationsController, 'Authorizations', AUTHORIZATION_OPERATIONS),
  described(ChargesController, 'Charges', CHARGE_OPERATIONS),
  described(RateCardsController, 'Prices', RATE_CARD_OPERATIONS),
  described(QuotesController, 'Prices', QUOTE_OPERATIONS),
  described(UsageController, 'Prices', USAGE_OPERATIONS),
  described(CreditPackagesController, 'Purchases', CREDIT_PACKAGE_OPERATIONS),
  described(AutoTopupController, 'Purchases', AUTO_TOPUP_OPERATIONS),
  described(TopupsController, 'Purchases', TOPUP_OPERATIONS),
  described(PurchasesController, 'Purchases', PURCHASE_OPERATIONS),
  described(TransfersController, 'Statement', TRANSFER_OPERATIONS),
  described(ActivityController, 'Statement', ACTIVITY_OPERATIONS),
  described(PlansController, 'Plans', PLAN_OPERATIONS),
  described(AccountPlanController, 'Plans', ACCOUNT_PLAN_OPERATIONS),
  described(UsageReportsController, 'Reports', USAGE_REPORT_OPERATIONS),
  described(DeclinesController, 'Reports', DECLINE_OPERATIONS),
  described(CostReportsController, 'Reports', COST_REPORT_OPERATIONS),
  described(WhatIfController, 'Reports', WHAT_IF_OPERATIONS),
  described(ReportsController, 'Reports', REPORT_OPERATIONS),
  described(ForecastController, 'Reports', FORECAST_OPERATIONS),
  described(AnomaliesController, 'Reports', ANOMALY_OPERATIONS),
  described(PeriodsController, 'Reports', PERIOD_OPERATIONS),
  described(AccountAlertsController, 'Alerts and events', ACCOUNT_ALERT_OPERATIONS),
  described(AlertsController, 'Alerts and events', ALERT_OPERATIONS),
  described(EventsController, 'Alerts and events', EVENT_OPERATIONS),
  described(AccountStreamController, 'Alerts and events', ACCOUNT_STREAM_OPERATIONS),
  described(WebhookEndpointsController, 'Webhooks', WEBHOOK_ENDPOINT_OPERATIONS),
  described(RedeliveriesController, 'Webhooks', REDELIVERY_OPERATIONS),
  described(AccountBudgetsController, 'Limits', ACCOUNT_BUDGET_OPERATIONS),
  described(RaiseRequestsController, 'Limits', RAISE_REQUEST_OPERATIONS),
  described(BudgetsController, 'Limits', BUDGET_OPERATIONS),
  described(LimitsController, 'Limits', LIMIT_OPERATIONS),
  described(StandingController, 'Limits', STANDING_OPERATIONS),
  described(AccountRulesController, 'Limits', ACCOUNT_RULE_OPERATIONS),
  described(RulesController, 'Limits', RULE_OPERATIONS),
  described(DryRunController, 'Limits', DRY_RUN_OPERATIONS),
  described(ApiKeysController, 'API keys', API_KEY_OPERATIONS),
  described(EnvironmentsController, 'Environments', ENVIRONMENT_OPERATIONS),
  described(AuditLogController, 'Audit log', AUDIT_LOG_OPERATIONS),
  described(SettingsController, 'Environments', SETTINGS_OPERATIONS),
  described(TestClockController, 'Test clock', TEST_CLOCK_OPERATIONS),
  described(HealthController, 'Operations', HEALTH_OPERATIONS),
  described(MetricsController, 'Operations', METRICS_OPERATIONS),
  described(DescriptionController, 'Description', DESCRIPTION_OPERATIONS),
];
