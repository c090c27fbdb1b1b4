import type { VerifiedDatabase } from '../bench-server.ts';
import type { Machine } from '../machine.ts';
import type { CpuPerDecision, Measurement, Row } from '../rows/row.ts';
import { changesOf, ratiosBefore, type Change } from './changes.ts';
import { ratiosOf, type RatioResult, type RowFigures } from './ratios.ts';
import { median } from './statistics.ts';

/** A row and what it measured, round by round. */
export interface MeasuredRow {
  readonly row: Pick<Row, 'name' | 'what' | 'unit'>;
  readonly rounds: readonly Measurement[];
}

interface ReportedRow {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly per_second: { readonly median: number; readonly min: number; readonly max: number };
  /** Medians over the rounds, here and below. */
  readonly latency_ms: Readonly<Record<'average' | 'p50' | 'p95' | 'p99', number | null>>;
  readonly cpu_us_per_decision: Readonly<Record<keyof CpuPerDecision, number | null>>;
  readonly wal_bytes_per_decision: number;
  /** The most in any round. */
  readonly memory_mib: number | null;
}

/** What `--json` prints. */
export interface TableReport {
  readonly started_at: string;
  readonly machine: Machine;
  readonly seconds: number;
  readonly rounds: number;
  /** How much of the machine's CPU time other programs had meanwhile, from 0 to 1: a median. `null`: not known. */
  readonly others_cpu_share: number | null;
  readonly rows: readonly ReportedRow[];
  /** Rows that couldn't be measured here, and why. */
  readonly missing: readonly { readonly row: string; readonly why: string }[];
  readonly ratios: readonly RatioResult[];
  /** Of another checkout that was measured beside this one, here and below; empty where there was none. */
  readonly ratios_before: readonly RatioResult[];
  readonly changes: readonly Change[];
  readonly verified: readonly VerifiedDatabase[];
}

export function tableReport(
  run: Omit<TableReport, 'others_cpu_share' | 'rows' | 'ratios' | 'ratios_before' | 'changes'>,
  measured: readonly MeasuredRow[],
): TableReport {
  const shares = measured.flatMap(({ rounds }) => rounds.map(({ othersShare }) => othersShare));
  const known = shares.filter((share) => share !== null);
  const figures = figuresOf(measured);
  return {
    ...run,
    others_cpu_share: known.length > 0 ? median(known) : null,
    rows: measured.map(reportRow),
    ratios: ratiosOf(figures),
    ratios_before: ratiosBefore(figures),
    changes: changesOf(figures),
  };
}

function reportRow({ row: { name, what, unit }, rounds }: MeasuredRow): ReportedRow {
  const figures = figuresOfRow(rounds);
  const rates = rounds.map(({ perSecond }) => perSecond);
  const cpu = (whose: keyof CpuPerDecision): number | null => medianOfAll(rounds.map((round) => round.cpu[whose]));
  return {
    name,
    what,
    unit,
    per_second: { median: median(rates), min: Math.min(...rates), max: Math.max(...rates) },
    latency_ms: {
      average: medianOfAll(figures.average),
      p50: medianOfAll(figures.p50),
      p95: medianOfAll(rounds.map(({ latency }) => ('p95' in latency ? latency.p95 : null))),
      p99: medianOfAll(figures.p99),
    },
    cpu_us_per_decision: { service: cpu('service'), postgres: cpu('postgres'), load: cpu('load') },
    wal_bytes_per_decision: median(rounds.map(({ walBytes }) => walBytes)),
    memory_mib: mostOf(rounds.map(({ memoryMib }) => memoryMib)),
  };
}

function figuresOf(measured: readonly MeasuredRow[]): Map<string, RowFigures> {
  return new Map(measured.map(({ row, rounds }) => [row.name, figuresOfRow(rounds)]));
}

function figuresOfRow(rounds: readonly Measurement[]): RowFigures {
  const detailed = rounds.flatMap(({ latency }) => ('p50' in latency ? [latency] : []));
  return {
    perSecond: rounds.map(({ perSecond }) => perSecond),
    average: rounds.map(({ latency }) => latency.average),
    p50: detailed.map(({ p50 }) => p50),
    p99: detailed.map(({ p99 }) => p99),
  };
}

/** `null` where there are none, or one isn't known. */
function medianOfAll(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === values.length && known.length > 0 ? median(known) : null;
}

function mostOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
