import type { Pool } from '#database';
import {
  LedgerUnavailable,
  type DefaultPartitionReader,
  type Engine,
  type LastVerification,
  type LastVerificationReader,
  type OpenHoldsReader,
} from '#ledger-store';
import { Gauge, type Registry } from 'prom-client';
import type { Connections } from '../requests/connections.ts';

export interface LedgerGaugesParts {
  readonly registry: Registry;
  readonly connections: Pick<Connections, 'open' | 'max'>;
  readonly engine: Pick<Engine, 'load'>;
  readonly readPool: Pool;
  readonly defaultPartitions: DefaultPartitionReader;
  readonly openHolds: OpenHoldsReader;
  readonly lastVerification: LastVerificationReader;
}

/** How things stand, looked at when the metrics are collected. */
export class LedgerGauges {
  private readonly gauges: Gauges;

  constructor(private readonly parts: LedgerGaugesParts) {
    this.gauges = makeGauges(parts.registry);
  }

  /** What only the database knows is left out while it is away; that it is away is told. */
  async look(): Promise<void> {
    this.lookAtProcess();
    try {
      await this.lookAtDatabase();
      this.gauges.databaseUp.set(1);
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      this.gauges.databaseUp.set(0);
      this.gauges.openHolds.remove();
      this.gauges.defaultPartitionFilled.reset();
      this.tellVerification(null);
    }
  }

  private lookAtProcess(): void {
    const { engine, readPool, connections: clients } = this.parts;
    const { queued, queuedMax, connections, connectionsMax, readsWaiting, httpConnections, httpConnectionsMax } =
      this.gauges;
    httpConnections.set(clients.open);
    httpConnectionsMax.set(clients.max);
    const load = engine.load;
    queued.set(load.waiting);
    queuedMax.set(load.waitingMax);
    connections.set({ pool: 'ledger' }, load.connections);
    connections.set({ pool: 'reads' }, readPool.totalCount - readPool.idleCount);
    connectionsMax.set({ pool: 'ledger' }, load.connectionsMax);
    connectionsMax.set({ pool: 'reads' }, readPool.options.max);
    readsWaiting.set(readPool.waitingCount);
  }

  private async lookAtDatabase(): Promise<void> {
    const [holds, partitions, verification] = await Promise.all([
      this.parts.openHolds.estimate(),
      this.parts.defaultPartitions.read(),
      this.parts.lastVerification.read(),
    ]);
    this.gauges.openHolds.set(holds);
    for (const { table, filled } of partitions) this.gauges.defaultPartitionFilled.set({ table }, filled ? 1 : 0);
    this.tellVerification(verification);
  }

  /** Books that nobody has checked are not right: nothing is told of them. */
  private tellVerification(verification: LastVerification | null): void {
    const { verifyDifferences, verifiedAt } = this.gauges;
    if (verification) {
      verifyDifferences.set(verification.differences);
      verifiedAt.set(verification.asOf.getTime() / 1000);
    } else {
      verifyDifferences.remove();
      verifiedAt.remove();
    }
  }
}

type Gauges = ReturnType<typeof makeGauges>;

function makeGauges(registry: Registry) {
  const gauge = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  return {
    queued: gauge('purser_queue_decisions', 'Decisions that wait or are under way.'),
    queuedMax: gauge('purser_queue_decisions_max', 'So many may wait; beyond it requests are refused.'),
    httpConnections: gauge('purser_http_connections', 'Open connections of clients.'),
    httpConnectionsMax: gauge('purser_http_connections_max', 'So many may be open; beyond it new ones are closed.'),
    connections: gauge('purser_database_connections', 'Database connections in use.', 'pool'),
    connectionsMax: gauge('purser_database_connections_max', 'Database connections that may be in use.', 'pool'),
    readsWaiting: gauge('purser_reads_waiting', 'Reads that wait for a database connection.'),
    databaseUp: gauge('purser_database_up', '1 where the database has just answered, 0 where it has not.'),
    openHolds: gauge('purser_open_holds', 'About how many holds are open, by the statistics of Postgres.'),
    defaultPartitionFilled: gauge(
      'purser_default_partition_filled',
      '1 where rows have fallen into a default partition: partitions are no longer made ahead of time.',
      'table',
    ),
    verifyDifferences: gauge(
      'purser_verify_differences',
      'Differences that the last "purser verify" found in the books; 0 where they were right.',
    ),
    verifiedAt: gauge(
      'purser_verify_timestamp_seconds',
      'The time at which the books stood as the last "purser verify" checked them, in seconds since 1970.',
    ),
  };
}
