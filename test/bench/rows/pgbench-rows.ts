import { Meter } from './meter.ts';
import type { Row } from './row.ts';

/** Postgres alone, on the same server: what its clients and its disk can do. */
export const PGBENCH_ROWS: readonly Row[] = [pgbenchRow(16), pgbenchRow(1)];

function pgbenchRow(clients: number): Row {
  return {
    name: `pgbench-${clients}`,
    what: `pgbench -N -c ${clients}`,
    unit: 'transactions',
    subject: 'pgbench',
    accounts: [],
    measure: async (subjects, seconds) => {
      const meter = await Meter.start(subjects.server, null);
      const { tps, latencyMs } = await subjects.pgbench().run(clients, seconds);
      const consumption = await meter.perDecision(tps * Math.max(1, Math.round(seconds)), null);
      // pgbench itself would count as a stranger.
      return { perSecond: tps, latency: { average: latencyMs }, ...consumption, memoryMib: null, othersShare: null };
    },
  };
}
