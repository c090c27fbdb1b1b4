import { Access, KeyRing } from '#access';
import type { Pool } from '#database';
import {
  AlertDefaults,
  AccountFeed,
  AccountReader,
  AuthorizationReader,
  BudgetReader,
  CommonBudgets,
  DefaultPartitionReader,
  Engine,
  EventReader,
  GrantReader,
  LastVerificationReader,
  LedgerHealth,
  LimitReader,
  OpenHoldsReader,
  RaiseRequestReader,
  RateCardMirror,
  RateCards,
  RuleDefaults,
  RuleDryRun,
  Settings,
  SpanLimits,
  StandingReader,
  TestClocks,
  TransferReader,
  UsageMarginReport,
} from '#ledger-store';
import { WebhookEndpoints, type EndpointsOptions } from '#webhook-store';
import { Module, type DynamicModule } from '@nestjs/common';
import { MetricsToken } from './auth/metrics-token.ts';
import { Readiness } from './health/readiness.ts';
import { LedgerGauges } from './metrics/ledger-gauges.ts';
import { Metrics } from './metrics/metrics.ts';
import { ApiDescription } from './openapi/api-description.ts';
import { DESCRIBED_CONTROLLERS } from './openapi/described-controllers.ts';
import { makeDocument } from './openapi/make-document.ts';
import type { Connections } from './requests/connections.ts';
import { LedgerRequests } from './requests/ledger-requests.ts';

export interface ApiParts {
  readonly engine: Pick<Engine, 'submit' | 'load' | 'writeHealth'>;
  readonly alertDefaults: AlertDefaults;
  readonly ruleDefaults: RuleDefaults;
  readonly commonBudgets: CommonBudgets;
  readonly settings: Settings;
  readonly rateCards: RateCardMirror;
  readonly spanLimits: SpanLimits;
  /** For reads, and for what changes no balance; it pipelines. */
  readonly readPool: Pool;
  /** For what may take seconds. */
  readonly reportPool: Pool;
  /** For who may do what, and for whether the database is there: what goes on however many reads wait. */
  readonly controlPool: Pool;
  readonly keys: KeyRing;
  readonly webhooks: EndpointsOptions;
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
    const {
      engine,
      alertDefaults,
      ruleDefaults,
      commonBudgets,
      settings,
      rateCards,
      spanLimits,
      readPool,
      reportPool,
      controlPool,
      keys,
      webhooks,
      metrics,
      metricsToken,
      connections,
      readiness,
      log,
    } = parts;
    const gauges = new LedgerGauges({
      registry: metrics.registry,
      connections,
      engine,
      readPool,
      defaultPartitions: new DefaultPartitionReader(readPool),
      openHolds: new OpenHoldsReader(readPool),
      lastVerification: new LastVerificationReader(readPool),
    });
    return {
      module: ApiModule,
      controllers: DESCRIBED_CONTROLLERS.map(({ controller }) => controller),
      providers: [
        { provide: Engine, useValue: engine },
        { provide: AlertDefaults, useValue: alertDefaults },
        { provide: RuleDefaults, useValue: ruleDefaults },
        { provide: CommonBudgets, useValue: commonBudgets },
        { provide: Settings, useValue: settings },
        { provide: RateCardMirror, useValue: rateCards },
        { provide: RateCards, useValue: new RateCards(readPool, rateCards) },
        { provide: SpanLimits, useValue: spanLimits },
        { provide: LimitReader, useValue: new LimitReader(readPool) },
        { provide: EventReader, useValue: new EventReader(readPool) },
        { provide: Access, useValue: new Access(controlPool, keys) },
        { provide: KeyRing, useValue: keys },
        { provide: AccountFeed, useValue: new AccountFeed(readPool, log) },
        { provide: AccountReader, useValue: new AccountReader(readPool) },
        { provide: GrantReader, useValue: new GrantReader(readPool) },
        { provide: TransferReader, useValue: new TransferReader(readPool, engine) },
        { provide: RaiseRequestReader, useValue: new RaiseRequestReader(readPool) },
        { provide: BudgetReader, useValue: new BudgetReader(readPool, commonBudgets) },
        {
          provide: StandingReader,
          useValue: new StandingReader(readPool, {
            budgets: commonBudgets.budgets,
            defaultRules: ruleDefaults.rules,
            spanLimits,
          }),
        },
        { provide: AuthorizationReader, useValue: new AuthorizationReader(readPool) },
        { provide: RuleDryRun, useValue: new RuleDryRun(reportPool) },
        { provide: UsageMarginReport, useValue: new UsageMarginReport(reportPool) },
        { provide: TestClocks, useValue: new TestClocks(readPool) },
        { provide: LedgerHealth, useValue: new LedgerHealth(controlPool, engine.writeHealth, log) },
        { provide: WebhookEndpoints, useValue: new WebhookEndpoints(readPool, webhooks) },
        { provide: Metrics, useValue: metrics },
        { provide: MetricsToken, useValue: metricsToken },
        { provide: LedgerGauges, useValue: gauges },
        { provide: Readiness, useValue: readiness },
        { provide: ApiDescription, useValue: new ApiDescription(() => makeDocument(DESCRIBED_CONTROLLERS)) },
        LedgerRequests,
      ],
    };
  }
}
