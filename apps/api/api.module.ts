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
import { Module, type DynamicModule } from '@nestjs/common';
import { ApiDescription } from './openapi/api-description.ts';
import { DESCRIBED_CONTROLLERS } from './openapi/described-controllers.ts';
import { makeDocument } from './openapi/make-document.ts';
import { LedgerRequests } from './requests/ledger-requests.ts';

export interface ApiParts {
  readonly engine: Pick<Engine, 'submit'>;
  readonly alertDefaults: AlertDefaults;
  /** For reads, and for what changes no balance; it pipelines. */
  readonly readPool: Pool;
  readonly keys: KeyRing;
  readonly log: (line: string) => void;
}

/** The wiring: which parts the controllers get. */
@Module({})
export class ApiModule {
  static of({ engine, alertDefaults, readPool, keys, log }: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      controllers: DESCRIBED_CONTROLLERS.map(({ controller }) => controller),
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
        { provide: ApiDescription, useValue: new ApiDescription(() => makeDocument(DESCRIBED_CONTROLLERS)) },
        LedgerRequests,
      ],
    };
  }
}
