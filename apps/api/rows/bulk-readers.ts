import type { AuthorizationReader, TransferReader } from '#ledger-store';

/** Readers on the connections of reports, for what may take long: no file takes a connection from the reads of requests. */
export class BulkReaders {
  constructor(
    readonly authorizations: AuthorizationReader,
    readonly transfers: TransferReader,
  ) {}
}
