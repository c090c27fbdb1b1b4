import { Access, KeyRing } from '#access';
import type { Pool } from '#database';
import {
  ActivityReader,
  AlertDefaults,
  AccountFeed,
  AccountReader,
  AuthorizationReader,
  AutoTopupReader,
  BudgetReader,
  CommonBudgets,
  CreditPackages,
  DeclineReader,
  DeclineRecorder,
  DefaultPartitionReader,
  Engine,
  EventReader,
  GrantReader,
  KeptAnswers,
  LastVerificationReader,
  LedgerHealth,
  LimitReader,
  OpenHoldsReader,
  PlanMirror,
  Plans,
  PurchaseReader,
  RaiseRequestReader,
  RateCardMirror,
  RateCards,
  RecurringGrantReader,
  RuleDefaults,
  RuleDryRun,
  Settings,
  SpanLimits,
  StandingReader,
  TestClocks,
  TransferReader,
} from '#ledger-store';
import { Anomalies, ChangeReader, ForecastReader, Periods, UsageReader, WhatIf } from '#reports';
import { CostReports } from './reports/cost-reports.ts';
import { PaymentCanceler, StripeEvents } from '#payment-store';
import { PaymentProviders } from '#payments';
import { WebhookEndpoints, type EndpointsOptions } from '#webhook-store';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { MetricsToken } from './auth/metrics-token.ts';
import { Readiness } from './health/readiness.ts';
import { LedgerGauges } from './metrics/ledger-gauges.ts';
import { Metrics } from './metrics/metrics.ts';
import { ApiDescription } from './openapi/api-description.ts';
import { DESCRIBED_CONTROLLERS } from './openapi/described-controllers.ts';
import { makeDocument } from './openapi/make-document.ts';
import { StripeWebhookController } from './providers/stripe-webhook.controller.ts';
import { Offers } from './purchases/offers.ts';
import type { Connections } from './requests/connections.ts';
import { ReportReader } from './reports/report-reader.ts';
import { LedgerRequests } from './requests/ledger-requests.ts';
import { BulkReaders } from './rows/bulk-readers.ts';
import { RowSender } from './rows/row-sender.ts';
import { isChargeable } from './validation/price.ts';

export interface ApiParts {
  readonly engine: Pick<Engine, 'submit' | 'load' | 'writeHealth'>;
  readonly alertDefaults: AlertDefaults;
  readonly ruleDefaults: RuleDefaults;
  readonly commonBudgets: CommonBudgets;
  readonly settings: Settings;
  readonly rateCards: RateCardMirror;
  readonly plans: PlanMirror;
  readonly spanLimits: SpanLimits;
  readonly declines: DeclineRecorder;
  /** For reads, and for what changes no balance; it pipelines. */
  readonly readPool: Pool;
  /** For what may take seconds. */
  readonly reportPool: Pool;
  readonly periods: Periods;
  /** For who may do what, and for whether the database is there: what goes on however many reads wait. */
  readonly controlPool: Pool;
  readonly keys: KeyRing;
  readonly webhooks: EndpointsOptions;
  readonly payments: PaymentProviders;
  readonly metrics: Metrics;
  readonly metricsToken: MetricsToken;
  readonly connections: Connections;
  readonly readiness: Readiness;
  readonly log: (line: string) => void;
}

/** The wiring: which parts the controllers get. */
@Module({})
export class ApiModule {
  static of(parts: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      controllers: [...DESCRIBED_CONTROLLERS.map(({ controller }) => controller), StripeWebhookController],
      providers: [...sharedWithProcess(parts), ...stores(parts), ...operations(parts), LedgerRequests, Offers],
    };
  }
}

/** What the process has made already, since more than the controllers need it. */
function sharedWithProcess(parts: ApiParts): Provider[] {
  return [
    { provide: Engine, useValue: parts.engine },
    { provide: AlertDefaults, useValue: parts.alertDefaults },
    { provide: RuleDefaults, useValue: parts.ruleDefaults },
    { provide: CommonBudgets, useValue: parts.commonBudgets },
    { provide: Settings, useValue: parts.settings },
    { provide: RateCardMirror, useValue: parts.rateCards },
    { provide: SpanLimits, useValue: parts.spanLimits },
    { provide: KeyRing, useValue: parts.keys },
    { provide: Metrics, useValue: parts.metrics },
    { provide: MetricsToken, useValue: parts.metricsToken },
    { provide: Readiness, useValue: parts.readiness },
  ];
}

/** What controllers read, and what they change that is no command to the ledger. */
function stores({ engine, ruleDefaults, commonBudgets, spanLimits, ...parts }: ApiParts): Provider[] {
  const { readPool, reportPool, rateCards, plans, webhooks, payments: providers, log } = parts;
  const standing = { budgets: commonBudgets.budgets, defaultRules: ruleDefaults.rules, spanLimits };
  return [
    { provide: RateCards, useValue: new RateCards(readPool, rateCards) },
    { provide: Plans, useValue: new Plans(readPool, plans) },
    { provide: KeptAnswers, useValue: new KeptAnswers(readPool) },
    { provide: AutoTopupReader, useValue: new AutoTopupReader(readPool) },
    { provide: CreditPackages, useValue: new CreditPackages(readPool, isChargeable) },
    { provide: PurchaseReader, useValue: new PurchaseReader(readPool) },
    { provide: PaymentProviders, useValue: providers },
    { provide: PaymentCanceler, useValue: new PaymentCanceler({ pool: readPool, engine, providers }) },
    { provide: LimitReader, useValue: new LimitReader(readPool) },
    { provide: EventReader, useValue: new EventReader(readPool) },
    { provide: AccountFeed, useValue: new AccountFeed(readPool, log) },
    { provide: AccountReader, useValue: new AccountReader(readPool) },
    { provide: GrantReader, useValue: new GrantReader(readPool, engine) },
    { provide: RecurringGrantReader, useValue: new RecurringGrantReader(readPool, engine) },
    { provide: TransferReader, useValue: new TransferReader(readPool, engine) },
    { provide: RaiseRequestReader, useValue: new RaiseRequestReader(readPool) },
    { provide: BudgetReader, useValue: new BudgetReader(readPool, commonBudgets) },
    { provide: StandingReader, useValue: new StandingReader(readPool, standing) },
    { provide: AuthorizationReader, useValue: new AuthorizationReader(readPool) },
    { provide: BulkReaders, useValue: BulkReaders.on(reportPool, engine) },
    { provide: DeclineReader, useValue: new DeclineReader(reportPool, parts.declines) },
    { provide: ActivityReader, useValue: new ActivityReader(readPool, new TransferReader(readPool, engine)) },
    { provide: UsageReader, useValue: new UsageReader(reportPool) },
    { provide: Periods, useValue: parts.periods },
    { provide: RowSender, useValue: new RowSender(log) },
    { provide: RuleDryRun, useValue: new RuleDryRun(reportPool) },
    { provide: ForecastReader, useValue: new ForecastReader(reportPool) },
    { provide: Anomalies, useValue: new Anomalies(readPool) },
    { provide: ChangeReader, useValue: new ChangeReader(reportPool) },
    { provide: WhatIf, useValue: new WhatIf(reportPool, rateCards) },
    { provide: ReportReader, useValue: new ReportReader(reportPool) },
    { provide: CostReports, useValue: new CostReports(reportPool) },
    { provide: TestClocks, useValue: new TestClocks(readPool) },
    { provide: WebhookEndpoints, useValue: new WebhookEndpoints(readPool, webhooks) },
  ];
}

/** Who may call, and what operators and developers ask of the service itself. */
function operations({ engine, metrics, connections, readPool, controlPool, keys, ...parts }: ApiParts): Provider[] {
  const { payments: providers, log } = parts;
  const gauges = new LedgerGauges({
    registry: metrics.registry,
    connections,
    engine,
    readPool,
    defaultPartitions: new DefaultPartitionReader(readPool),
    openHolds: new OpenHoldsReader(readPool),
    lastVerification: new LastVerificationReader(readPool),
  });
  return [
    { provide: Access, useValue: new Access(controlPool, keys) },
    { provide: LedgerHealth, useValue: new LedgerHealth(controlPool, engine.writeHealth, log) },
    { provide: LedgerGauges, useValue: gauges },
    { provide: StripeEvents, useValue: new StripeEvents({ engine, providers, log }) },
    { provide: ApiDescription, useValue: new ApiDescription(() => makeDocument(DESCRIBED_CONTROLLERS)) },
  ];
}
