import type { VerifiedDatabase } from '../bench-server.ts';
import type { Checkout } from '../checkout.ts';
import type { Latencies, LoadResult, Work } from '../load/load.ts';
import type { Machine } from '../machine.ts';
import type { ClientLoad, Mix, MixRound, Stage, StageResult } from '../mixes/mix.ts';
import type { Stalls } from '../stalls/stalls.ts';
import type { RatioResult } from './ratios.ts';

type VersionName = Checkout['name'];

/** One load of a stage, as it went in one round. */
export interface MixLoad {
  readonly round: number;
  readonly stage: 'alone' | 'mixed';
  readonly role: 'victim' | 'beside';
  readonly work: Work;
  readonly connections: number;
  readonly per_second: number;
  readonly latency_ms: Latencies;
  /** How many requests were answered how. */
  readonly answers: Readonly<Record<string, number>>;
  /** Of the service, in that stage. */
  readonly stalls_ms: Stalls;
}

/** How a mix went with one version. */
export interface MixOutcome {
  readonly version: VersionName;
  readonly checks: readonly RatioResult[];
  readonly loads: readonly MixLoad[];
}

export interface MixResult {
  readonly name: string;
  readonly what: string;
  readonly shows_rounds: boolean;
  readonly outcomes: readonly MixOutcome[];
}

/** What `--json` prints. */
export interface MixReport {
  readonly started_at: string;
  readonly machine: Machine;
  readonly seconds: number;
  readonly rounds: number;
  readonly versions: readonly { readonly name: VersionName; readonly folder: string }[];
  readonly mixes: readonly MixResult[];
  /** Mixes that couldn't be measured to their end, and why. */
  readonly failed: readonly { readonly mix: string; readonly why: string }[];
  readonly verified: readonly VerifiedDatabase[];
}

/** A round, and what was asked for in it. */
export interface PlayedRound extends MixRound {
  readonly stages: { readonly alone: Stage; readonly mixed: Stage };
}

export function mixOutcome(version: VersionName, { checks }: Mix, rounds: readonly PlayedRound[]): MixOutcome {
  const loads = rounds.flatMap(({ stages, alone, mixed }, index) => [
    ...loadsOf(index + 1, 'alone', stages.alone, alone),
    ...loadsOf(index + 1, 'mixed', stages.mixed, mixed),
  ]);
  return { version, checks: checks(rounds), loads };
}

function loadsOf(
  round: number,
  stage: MixLoad['stage'],
  { victim, beside = [] }: Stage,
  { victim: ofVictim, beside: ofBeside, stalls }: StageResult,
): MixLoad[] {
  const one = (role: MixLoad['role'], { work, connections }: ClientLoad, result: LoadResult): MixLoad => ({
    round,
    stage,
    role,
    work,
    connections,
    per_second: result.perSecond,
    latency_ms: result.latency,
    answers: result.answers,
    stalls_ms: stalls,
  });
  const others = beside.flatMap((load, index) => {
    const result = ofBeside[index];
    return result ? [one('beside', load, result)] : [];
  });
  return [one('victim', victim, ofVictim), ...others];
}
