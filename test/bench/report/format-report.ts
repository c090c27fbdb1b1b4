import type { RatioResult } from './ratios.ts';
import type { TableReport } from './table-report.ts';
import { checkCells, formatMachine, formatVerified, orDash, precise, whole } from './format.ts';
import { textTable } from './text-table.ts';

/** The report as people read it. */
export function formatReport(report: TableReport): string {
  const { machine, seconds, rounds, others_cpu_share, missing, verified } = report;
  return [
    formatMachine(machine),
    `${rounds} rounds of ${seconds} s each; medians over the rounds. CPU in µs and log in bytes are per decision.`,
    ...formatOthers(others_cpu_share),
    '',
    rowsTable(report),
    '',
    textTable([
      ['ratio', 'median', 'wanted', '', 'min–max'],
      ...report.ratios.map((ratio) => [...checkCells(ratio), spread(ratio)]),
    ]),
    '',
    ...missing.map(({ row, why }) => `${row}: not measured: ${why}`),
    formatVerified(verified),
  ].join('\n');
}

function formatOthers(share: number | null): string[] {
  if (share === null) return [];
  return [
    `Other programs had ${whole(100 * share)} % of the CPU time meanwhile: beyond a few, absolute figures mean little.`,
  ];
}

function rowsTable({ rows }: TableReport): string {
  const head = ['', 'per second', 'min–max', '', 'p50 ms', 'p95', 'p99', 'CPU service', 'Postgres', 'load', 'WAL'];
  const lines = rows.map(({ what, unit, per_second, latency_ms, cpu_us_per_decision: cpu, ...row }) => [
    what,
    whole(per_second.median),
    `${whole(per_second.min)}–${whole(per_second.max)}`,
    unit,
    latency_ms.p50 === null ? `⌀ ${orDash(latency_ms.average, precise)}` : precise(latency_ms.p50),
    orDash(latency_ms.p95, precise),
    orDash(latency_ms.p99, precise),
    orDash(cpu.service, whole),
    orDash(cpu.postgres, whole),
    orDash(cpu.load, whole),
    whole(row.wal_bytes_per_decision),
  ]);
  return textTable([head, ...lines]);
}

function spread({ min, max }: RatioResult): string {
  return min === null || max === null ? '' : `${precise(min)}–${precise(max)}`;
}
