import type { Pool } from '#database';
import { ofConnection } from '../engine/failures.ts';
import { attemptRead } from './attempt-read.ts';

/** The partitions that take what no month's or week's partition does; a row in one means that maintenance has stopped. */
const DEFAULT_PARTITIONS = [
  'transfers_default',
  'authorizations_default',
  'usage_records_default',
  'idempotency_keys_default',
] as const;

export interface DefaultPartition {
  /** The partitioned table. */
  readonly table: string;
  /** Whether it has rows. They aren't counted: once there are any, there may be millions. */
  readonly filled: boolean;
}

export class DefaultPartitionReader {
  constructor(private readonly pool: Pool) {}

  /** @throws {LedgerUnavailable} where the database isn't there. */
  read(): Promise<readonly DefaultPartition[]> {
    return attemptRead(async () => {
      const { rows } = await ofConnection(
        this.pool.query<DefaultPartition>({
          name: 'read_default_partitions',
          text: DEFAULT_PARTITIONS.map(
            (partition) =>
              `select '${partition.replace('_default', '')}' as table, exists (select from ${partition}) as filled`,
          ).join(' union all '),
        }),
      );
      return rows;
    });
  }
}
