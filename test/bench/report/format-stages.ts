import { checkCells, formatMachine, formatVerified, orDash, precise, whole } from './format.ts';
import type { Stage, StagesReport, Trial } from './stages-report.ts';
import { textTable } from './text-table.ts';

/** The report as people read it. */
export function formatStages({ machine, trials, verified }: StagesReport): string {
  return [formatMachine(machine), ...trials.map(formatTrial), formatVerified(verified)].join('\n\n');
}

const HEAD = ['', 'per second', 'p50 ms', 'p95', 'p99', 'refused/s', 'p50 ms', 'p99', 'memory MiB'];

function formatTrial({ name, stages, checks }: Trial): string {
  return [name, '', textTable([HEAD, ...stages.map(stageCells)]), '', textTable(checks.map(checkCells))].join('\n');
}

function stageCells({ name, latency_ms, refused_latency_ms: refused, ...stage }: Stage): string[] {
  return [
    name,
    whole(stage.per_second),
    precise(latency_ms.p50),
    precise(latency_ms.p95),
    precise(latency_ms.p99),
    whole(stage.refused_per_second),
    orDash(refused?.p50 ?? null, precise),
    orDash(refused?.p99 ?? null, precise),
    orDash(stage.memory_mib, whole),
  ];
}
