import { ACCOUNT_SCHEMA, BALANCE_SCHEMA } from '../accounts/account.schema.ts';
import {
  AUTHORIZATION_SCHEMA,
  BATCH_ITEM_SCHEMA,
  BATCH_SCHEMA,
  REFUSED_ITEM_SCHEMA,
} from '../authorizations/authorization.schema.ts';
import { ACCOUNT_ALERTS_SCHEMA, ALERT_RULES_SCHEMA } from '../alerts/alerts.schema.ts';
import { ANOMALY_SCHEMA, EXPLAINED_ANOMALY_SCHEMA } from '../anomalies/anomaly.schema.ts';
import { FORECAST_SCHEMA } from '../forecast/forecast.schema.ts';
import { DRY_RUN_SCHEMA } from '../rules/dry-run.schema.ts';
import { ACCOUNT_RULES_SCHEMA, RULES_SCHEMA } from '../rules/rules.schema.ts';
import { AUTO_TOPUP_SCHEMA } from '../auto-topup/auto-topup.schema.ts';
import { CREDIT_PACKAGE_SCHEMA } from '../credit-packages/credit-package.schema.ts';
import { PURCHASE_SCHEMA, TOPUP_SCHEMA } from '../purchases/purchase.schema.ts';
import { EVENT_SCHEMA } from '../events/event.schema.ts';
import { AUDIT_ENTRY_SCHEMA } from '../audit-log/audit-log.schema.ts';
import { API_KEY_SCHEMA, MADE_API_KEY_SCHEMA } from '../api-keys/api-key.schema.ts';
import { ENVIRONMENT_SCHEMA } from '../environments/environment.schema.ts';
import { GRANT_SCHEMA } from '../grants/grant.schema.ts';
import { TRANSFER_SCHEMA } from '../transfers/transfer.schema.ts';
import { LISTED_RATE_CARD_SCHEMA, RATE_CARD_SCHEMA, RATE_CARD_VERSION_SCHEMA } from '../rate-cards/rate-card.schema.ts';
import { ACCOUNT_PLAN_SCHEMA } from '../plans/account-plan.schema.ts';
import { MOVEMENT_SCHEMA } from '../activity/movement.schema.ts';
import { USAGE_REPORT_SCHEMA } from '../usage-reports/usage-report.schema.ts';
import { DECLINES_SCHEMA } from '../declines/decline.schema.ts';
import { PERIOD_SCHEMA } from '../periods/period.schema.ts';
import { PLAN_SCHEMA } from '../plans/plan.schema.ts';
import { RECURRING_GRANT_SCHEMA } from '../recurring-grants/recurring-grant.schema.ts';
import { QUOTE_SCHEMA } from '../quotes/quote.schema.ts';
import { PUBLIC_PRICES_SCHEMA } from '../rate-cards/public-prices.schema.ts';
import { REPORT_SCHEMA } from '../reports/report.schema.ts';
import { USAGE_MARGIN_SCHEMA } from '../reports/usage-margin.schema.ts';
import { BUDGET_SCHEMA, COMMON_BUDGET_SCHEMA } from '../budgets/budget.schema.ts';
import { RAISE_REQUEST_SCHEMA } from '../budgets/raise-request.schema.ts';
import { LIMIT_SCHEMA, SHARE_SCHEMA } from '../limits/limit.schema.ts';
import { STANDING_SCHEMA } from '../standing/standing.schema.ts';
import { SETTINGS_SCHEMA } from '../settings/settings.schema.ts';
import { TEST_CLOCK_SCHEMA } from '../test-clock/test-clock.schema.ts';
import {
  DELIVERY_SCHEMA,
  MADE_WEBHOOK_ENDPOINT_SCHEMA,
  REDELIVERED_SCHEMA,
  WEBHOOK_ENDPOINT_SCHEMA,
} from '../webhook-endpoints/webhook-endpoint.schema.ts';
import { NORMALIZED_USAGE_SCHEMA } from '../usage/normalized-usage.schema.ts';
import type { JsonSchema } from './json-schema.ts';

/** What answers are made of, by the names that references use. */
export const VIEW_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Account: ACCOUNT_SCHEMA,
  Balance: BALANCE_SCHEMA,
  Rules: RULES_SCHEMA,
  DryRun: DRY_RUN_SCHEMA,
  AccountRules: ACCOUNT_RULES_SCHEMA,
  Grant: GRANT_SCHEMA,
  UsageReport: USAGE_REPORT_SCHEMA,
  Declines: DECLINES_SCHEMA,
  Movement: MOVEMENT_SCHEMA,
  Transfer: TRANSFER_SCHEMA,
  NormalizedUsage: NORMALIZED_USAGE_SCHEMA,
  Authorization: AUTHORIZATION_SCHEMA,
  Batch: BATCH_SCHEMA,
  BatchItem: BATCH_ITEM_SCHEMA,
  RefusedItem: REFUSED_ITEM_SCHEMA,
  ApiKey: API_KEY_SCHEMA,
  MadeApiKey: MADE_API_KEY_SCHEMA,
  Environment: ENVIRONMENT_SCHEMA,
  AuditEntry: AUDIT_ENTRY_SCHEMA,
  AlertRules: ALERT_RULES_SCHEMA,
  AccountAlerts: ACCOUNT_ALERTS_SCHEMA,
  Event: EVENT_SCHEMA,
  WebhookEndpoint: WEBHOOK_ENDPOINT_SCHEMA,
  MadeWebhookEndpoint: MADE_WEBHOOK_ENDPOINT_SCHEMA,
  Delivery: DELIVERY_SCHEMA,
  Redelivered: REDELIVERED_SCHEMA,
  TestClock: TEST_CLOCK_SCHEMA,
  RateCard: RATE_CARD_SCHEMA,
  ListedRateCard: LISTED_RATE_CARD_SCHEMA,
  RateCardVersion: RATE_CARD_VERSION_SCHEMA,
  Plan: PLAN_SCHEMA,
  RecurringGrant: RECURRING_GRANT_SCHEMA,
  AccountPlan: ACCOUNT_PLAN_SCHEMA,
  PublicPrices: PUBLIC_PRICES_SCHEMA,
  Quote: QUOTE_SCHEMA,
  CreditPackage: CREDIT_PACKAGE_SCHEMA,
  AutoTopup: AUTO_TOPUP_SCHEMA,
  Topup: TOPUP_SCHEMA,
  Purchase: PURCHASE_SCHEMA,
  Budget: BUDGET_SCHEMA,
  RaiseRequest: RAISE_REQUEST_SCHEMA,
  Forecast: FORECAST_SCHEMA,
  Anomaly: ANOMALY_SCHEMA,
  ExplainedAnomaly: EXPLAINED_ANOMALY_SCHEMA,
  CommonBudget: COMMON_BUDGET_SCHEMA,
  Limit: LIMIT_SCHEMA,
  LimitShare: SHARE_SCHEMA,
  Standing: STANDING_SCHEMA,
  Settings: SETTINGS_SCHEMA,
  Report: REPORT_SCHEMA,
  UsageMargin: USAGE_MARGIN_SCHEMA,
  Period: PERIOD_SCHEMA,
};
