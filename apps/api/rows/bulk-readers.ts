import type { Pool } from '#database';
import { ActivityReader, AuthorizationReader, TransferReader, type Engine } from '#ledger-store';

/** Readers on the connections of reports, for what may take long: no file takes a connection from the reads of requests. */
export class BulkReaders {
  private constructor(
    readonly authorizations: AuthorizationReader,
    readonly transfers: TransferReader,
    readonly activity: ActivityReader,
  ) {}

  static on(reportPool: Pool, engine: Pick<Engine, 'submit'>): BulkReaders {
    const transfers = new TransferReader(reportPool, engine);
    return new BulkReaders(new AuthorizationReader(reportPool), transfers, new ActivityReader(reportPool, transfers));
  }
}
