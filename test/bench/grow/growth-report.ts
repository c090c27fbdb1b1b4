import type { VerifiedDatabase } from '../bench-server.ts';
import type { Machine } from '../machine.ts';
import { checkOf, type Bound, type Check } from '../report/check.ts';
import type { Comparison } from './compare-loads.ts';
import type { Footprint } from './measure-footprint.ts';
import type { Lapse } from './measure-lapse.ts';

/** How much of everything is piled up. */
export interface GrowthSizes {
  /** Closed authorizations, and as many transfers. */
  readonly history: number;
  readonly accounts: number;
  /** What {@link accounts} are compared with, and what shares the history. */
  readonly activeAccounts: number;
  /** Live ones of one account, and likewise its open holds. */
  readonly grants: number;
  readonly holds: number;
  /** After how many pairs to look at what they left. */
  readonly footprintPairs: number;
}

/** @param scale 1 is the full size, which takes about a quarter of an hour and 15 GB; less is for trying it out. */
export function growthSizes(scale: number): GrowthSizes {
  const scaled = (full: number, least: number): number => Math.max(least, Math.round(full * scale));
  return {
    history: scaled(10_000_000, 1000),
    accounts: scaled(1_000_000, 1000),
    activeAccounts: scaled(10_000, 100),
    grants: scaled(1000, 10),
    holds: scaled(100_000, 1000),
    footprintPairs: scaled(250_000, 1000),
  };
}

/** What `--json` prints. */
export interface GrowthReport {
  readonly started_at: string;
  readonly machine: Machine;
  readonly sizes: GrowthSizes;
  readonly comparisons: readonly Comparison[];
  readonly checks: readonly Check[];
  readonly footprints: readonly Footprint[];
  readonly lapse: Lapse;
  readonly verified: readonly VerifiedDatabase[];
}

/** Processor time is only good to know: on a quiet machine throughput says the same. */
export function growthChecks(comparisons: readonly Comparison[]): Check[] {
  return comparisons.map(({ what, figure, ratio }) =>
    checkOf(`${what}: ${figure}, grown ÷ small`, ratio?.median ?? null, boundOf(what, figure)),
  );
}

function boundOf(what: string, figure: Comparison['figure']): Bound {
  if (figure === 'CPU µs per pair') return {};
  const isFlat = what !== 'accounts';
  if (figure === 'pairs per second') return { atLeast: isFlat ? 0.9 : 0.7 };
  return isFlat ? { atMost: 1.1 } : {};
}
