import { Access, type KeyRing } from '#access';
import type { Pool } from '#database';
import {
  AlertDefaults,
  AccountReader,
  AuthorizationReader,
  DefaultPartitionReader,
  Engine,
  EventReader,
  GrantReader,
  LedgerHealth,
  TestClocks,
  TransferReader,
} from '#ledger-store';
import { WebhookEndpoints, type EndpointsOptions } from '#webhook-store';
import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsController } from './accounts/accounts.controller.ts';
import { AccountAlertsController } from './alerts/account-alerts.controller.ts';
import { AlertsController } from './alerts/alerts.controller.ts';
import { ApiKeysController } from './api-keys/api-keys.controller.ts';
import { AuditLogController } from './audit-log/audit-log.controller.ts';
import { AuthorizationsController } from './authorizations/authorizations.controller.ts';
import { ChargesController } from './charges/charges.controller.ts';
import { EnvironmentsController } from './environments/environments.controller.ts';
import { EventsController } from './events/events.controller.ts';
import { GrantsController } from './grants/grants.controller.ts';
import { HealthController } from './health/health.controller.ts';
import { MetricsController } from './metrics/metrics.controller.ts';
import { LedgerRequests } from './requests/ledger-requests.ts';
import { TestClockController } from './test-clock/test-clock.controller.ts';
import { TransfersController } from './transfers/transfers.controller.ts';
import { RedeliveriesController } from './webhook-endpoints/redeliveries.controller.ts';
import { WebhookEndpointsController } from './webhook-endpoints/webhook-endpoints.controller.ts';

export interface ApiParts {
  readonly engine: Pick<Engine, 'submit'>;
  readonly alertDefaults: AlertDefaults;
  /** For reads, and for what changes no balance; it pipelines. */
  readonly readPool: Pool;
  readonly keys: KeyRing;
  readonly webhooks: EndpointsOptions;
  readonly log: (line: string) => void;
}

/** The wiring: which parts the controllers get. */
@Module({})
export class ApiModule {
  static of({ engine, alertDefaults, readPool, keys, webhooks, log }: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      controllers: [
        AccountsController,
        AccountAlertsController,
        AlertsController,
        EventsController,
        ApiKeysController,
        AuditLogController,
        EnvironmentsController,
        GrantsController,
        TransfersController,
        AuthorizationsController,
        ChargesController,
        TestClockController,
        WebhookEndpointsController,
        RedeliveriesController,
        HealthController,
        MetricsController,
      ],
      providers: [
        { provide: Engine, useValue: engine },
        { provide: AlertDefaults, useValue: alertDefaults },
        { provide: EventReader, useValue: new EventReader(readPool) },
        { provide: Access, useValue: new Access(readPool, keys) },
        { provide: AccountReader, useValue: new AccountReader(readPool) },
        { provide: GrantReader, useValue: new GrantReader(readPool) },
        { provide: TransferReader, useValue: new TransferReader(readPool) },
        { provide: AuthorizationReader, useValue: new AuthorizationReader(readPool) },
        { provide: DefaultPartitionReader, useValue: new DefaultPartitionReader(readPool) },
        { provide: TestClocks, useValue: new TestClocks(readPool) },
        { provide: LedgerHealth, useValue: new LedgerHealth(readPool, log) },
        { provide: WebhookEndpoints, useValue: new WebhookEndpoints(readPool, webhooks) },
        LedgerRequests,
      ],
    };
  }
}
