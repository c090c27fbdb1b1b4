import { hot } from '../accounts.ts';
import { BenchServer } from '../bench-server.ts';
import type { Checkout } from '../checkout.ts';
import type { LoadResult } from '../load/load.ts';
import { describeMachine } from '../machine.ts';
import type { Mix } from '../mixes/mix.ts';
import { MeasuredVersion } from '../mixes/measured-version.ts';
import { formatMixes } from '../report/format-mixes.ts';
import { mixOutcome, type MixReport, type MixResult, type PlayedRound } from '../report/mix-report.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { Outcome, RunOptions } from './mode.ts';

export interface MixesOptions extends RunOptions {
  readonly mixes: readonly Mix[];
  readonly rounds: number;
  /** What is measured, the one to be compared with first. */
  readonly checkouts: readonly Checkout[];
}

const WARM_UP_SECONDS_MAX = 1;
/** By then most of a service has been compiled. */
const FIRST_WARM_UP_SECONDS = 5;

/** What happens to one kind of request beside another, of one version or of two in turns. */
export async function runMixes(options: MixesOptions): Promise<Outcome> {
  const { mixes, checkouts, seconds, rounds, log, signal } = options;
  const startedAt = new Date().toISOString();
  await using cleanUp = new AsyncDisposableStack();
  log('starting Postgres and the services');
  const server = await BenchServer.start(log);
  cleanUp.defer(() => server.stop());
  const versions: MeasuredVersion[] = [];
  for (const checkout of checkouts) {
    const version = await MeasuredVersion.start(checkout, server, log);
    cleanUp.defer(() => version.stop());
    versions.push(version);
    const sets = mixes.flatMap(({ fills = [] }) => fills);
    await unlessAborted(signal, version.fill(sets, log));
    await unlessAborted(signal, warmUp(version));
  }
  const measured: MixResult[] = [];
  const failed: MixReport['failed'][number][] = [];
  for (const mix of mixes) {
    try {
      measured.push(await unlessAborted(signal, measure(mix, versions, options)));
    } catch (error) {
      if (signal.aborted) throw error;
      const why = error instanceof Error ? error.message : String(error);
      log(`${mix.name} failed: ${why}`);
      failed.push({ mix: mix.name, why });
    }
  }
  log('verifying the books');
  const verified = await Promise.all(versions.map((version) => version.verify()));
  const report: MixReport = {
    started_at: startedAt,
    machine: await describeMachine(server),
    seconds,
    rounds,
    versions: checkouts.map(({ name, folder }) => ({ name, folder })),
    mixes: measured,
    failed,
    verified,
  };
  return { report, text: formatMixes(report) };
}

async function warmUp(version: MeasuredVersion): Promise<void> {
  const accounts = hot('warm-up');
  await version.open([{ accounts }]);
  await version.measure({ victim: { work: 'pair', accounts, connections: 64 } }, FIRST_WARM_UP_SECONDS);
}

async function measure(
  mix: Mix,
  versions: readonly MeasuredVersion[],
  { seconds, rounds, log }: MixesOptions,
): Promise<MixResult> {
  log(`${mix.name}: ${mix.what}`);
  const played = new Map(versions.map((version) => [version, [] as PlayedRound[]]));
  try {
    for (const version of versions) {
      await version.open(mix.opens ?? []);
      if (mix.warms) await version.warm(mix.warms);
      await playRound(mix, version, 0, mix.warmUpSeconds ?? Math.min(seconds, WARM_UP_SECONDS_MAX));
    }
    for (let round = 1; round <= rounds; round += 1) {
      // Every other round begins with the other version, so that to be first favours neither.
      for (const [version, done] of round % 2 === 1 ? played : [...played].reverse()) {
        const one = await playRound(mix, version, round, seconds);
        done.push(one);
        const [alone, mixed] = [one.alone.victim, one.mixed.victim].map(inShort);
        log(`round ${round} of ${rounds}: ${version.checkout.name}: alone ${alone}; mixed ${mixed}`);
      }
    }
  } finally {
    await Promise.all(versions.map((version) => version.endMix()));
  }
  const outcomes = [...played].map(([{ checkout }, done]) => mixOutcome(checkout.name, mix, done));
  const { name, what, showsRounds: shows_rounds = false } = mix;
  return { name, what, shows_rounds, outcomes };
}

async function playRound(mix: Mix, version: MeasuredVersion, round: number, seconds: number): Promise<PlayedRound> {
  const aloneStage = mix.alone(round);
  const alone = await version.measure(aloneStage, seconds);
  const mixedStage = mix.mixed(alone.victim, round);
  const mixed = await version.measure(mixedStage, seconds);
  return { alone, mixed, stages: { alone: aloneStage, mixed: mixedStage } };
}

function inShort({ perSecond, latency }: LoadResult): string {
  return `${Math.round(perSecond)} a second, p99 ${latency.p99.toFixed(1)} ms`;
}
