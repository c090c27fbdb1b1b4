import type { PoolClient } from '#database';

/** The month that a report is read for. Times are milliseconds since 1970. */
export interface MonthToClose {
  readonly environment: string;
  readonly month: string;
  readonly timeZone: string;
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** When the close was begun that reads it. */
  readonly asOf: number;
}

/** A report that is kept as it was when a month was closed. */
export interface ReportToClose {
  readonly name: string;
  /**
   * Reads it on the snapshot of the client's transaction.
   * @returns what is answered, byte for byte, in each format
   */
  read(client: PoolClient, month: MonthToClose): Promise<Readonly<Record<'json' | 'csv', AsyncIterable<string>>>>;
}
