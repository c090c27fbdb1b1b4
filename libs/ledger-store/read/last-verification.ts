import type { Pool } from '#database';
import { ofConnection } from '../engine/failures.ts';
import { attemptRead } from './attempt-read.ts';

/** What `purser verify` has found. */
export interface LastVerification {
  /** When the books were as they were checked. */
  readonly asOf: Date;
  /** 0 where they are right. */
  readonly differences: number;
}

interface Row {
  readonly as_of: Date;
  readonly differences: string;
}

export class LastVerificationReader {
  constructor(private readonly pool: Pool) {}

  /**
   * `null` where the books were never checked.
   *
   * @throws {LedgerUnavailable} where the database isn't there.
   */
  read(): Promise<LastVerification | null> {
    return attemptRead(async () => {
      const { rows } = await ofConnection(
        this.pool.query<Row>({
          name: 'read_last_verification',
          text: 'select as_of, differences from verifications order by as_of desc limit 1',
        }),
      );
      const [row] = rows;
      return row ? { asOf: row.as_of, differences: Number(row.differences) } : null;
    });
  }
}
