import type { AccountSet } from '../accounts.ts';
import type { Latencies } from '../load/load.ts';
import type { Subject, Subjects } from '../subjects.ts';

/** In µs per decision; `null` where the system doesn't tell. */
export interface CpuPerDecision {
  readonly service: number | null;
  readonly postgres: number | null;
  readonly load: number | null;
}

export interface Measurement {
  readonly perSecond: number;
  /** pgbench tells the average only. */
  readonly latency: Latencies | Pick<Latencies, 'average'>;
  readonly cpu: CpuPerDecision;
  /** Bytes written to Postgres's log, per decision. */
  readonly walBytes: number;
  /** The most that the service had resident; `null` where there is none of its own, or the system doesn't tell. */
  readonly memoryMib: number | null;
  /** How much of the machine's CPU time went to what isn't measured, from 0 to 1; `null` where that isn't known. */
  readonly othersShare: number | null;
}

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly what: string;
  /** What is counted per second. */
  readonly unit: string;
  readonly subject: Subject;
  /** The accounts it needs. */
  readonly accounts: readonly AccountSet[];
  measure(subjects: Subjects, seconds: number): Promise<Measurement>;
}

/** What the row is called that measures another checkout's product by the same work. */
export function beforeName(row: string): string {
  return `${row}-before`;
}
