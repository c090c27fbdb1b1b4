import type { VerifiedDatabase } from '../bench-server.ts';
import type { Latencies, LoadResult } from '../load/load.ts';
import type { Machine } from '../machine.ts';
import type { Check } from './check.ts';

/** A load as it went for some time. */
export interface Stage {
  readonly name: string;
  readonly per_second: number;
  readonly latency_ms: Latencies;
  /** Requests, not decisions. */
  readonly refused_per_second: number;
  readonly refused_latency_ms: Latencies | null;
  /** The most the service had resident, in MiB. */
  readonly memory_mib: number | null;
}

/** A question, what was done to answer it, and the answers. */
export interface Trial {
  readonly name: string;
  readonly stages: readonly Stage[];
  readonly checks: readonly Check[];
}

/** What `--json` prints where one thing is measured over time. */
export interface StagesReport {
  readonly started_at: string;
  readonly machine: Machine;
  readonly trials: readonly Trial[];
  readonly verified: readonly VerifiedDatabase[];
}

export function stageOf(name: string, { perSecond, latency, refused }: LoadResult, memory: number | null): Stage {
  return {
    name,
    per_second: perSecond,
    latency_ms: latency,
    refused_per_second: refused?.perSecond ?? 0,
    refused_latency_ms: refused?.latency ?? null,
    memory_mib: memory,
  };
}
