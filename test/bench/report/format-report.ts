import { formatChecks } from './format-checks.ts';
import type { RatioResult } from './ratios.ts';
import type { TableReport } from './table-report.ts';
import { checkCells, formatMachine, formatVerified, orDash, precise, whole } from './format.ts';
import { textTable } from './text-table.ts';

/** The report as people read it. */
export function formatReport(report: TableReport): string {
  const { machine, seconds, rounds, others_cpu_share, missing, verified } = report;
  return [
    formatMachine(machine),
    `${rounds} rounds of ${seconds} s each; medians over the rounds. CPU in µs and log in bytes are per decision, memory is what the service had at most.`,
    ...formatOthers(others_cpu_share),
    '',
    rowsTable(report),
    '',
    ...(report.changes.length > 0 ? changesTables(report) : [ratiosTable(report)]),
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
  const head = [
    '',
    'per second',
    'min–max',
    '',
    'p50 ms',
    'p95',
    'p99',
    'CPU service',
    'Postgres',
    'load',
    'WAL',
    'MiB',
  ];
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
    orDash(row.memory_mib, whole),
  ]);
  return textTable([head, ...lines]);
}

function ratiosTable({ ratios }: TableReport): string {
  const head = ['ratio', 'median', 'wanted', '', 'min–max'];
  return textTable([head, ...ratios.map((ratio) => [...checkCells(ratio), spread(ratio)])]);
}

function changesTables({ ratios, ratios_before, changes }: TableReport): string[] {
  const head = ['now ÷ before', 'per second', 'min–max', 'p99', 'min–max'];
  const lines = changes.map(({ row, per_second, p99 }) => [
    row,
    ...[per_second, p99].flatMap(({ median, min, max }) => [precise(median), `${precise(min)}–${precise(max)}`]),
  ]);
  const outcomes = [
    { version: 'now', checks: ratios },
    { version: 'before', checks: ratios_before },
  ];
  return [textTable([head, ...lines]), '', formatChecks(['before', 'now'], outcomes)];
}

function spread({ min, max }: RatioResult): string {
  return min === null || max === null ? '' : `${precise(min)}–${precise(max)}`;
}
