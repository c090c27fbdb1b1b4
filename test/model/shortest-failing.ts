import fc from 'fast-check';
import type { ReferenceLedger } from './reference-ledger.ts';
import type { Topic } from './random-requests.ts';
import { runSequences } from './run-sequences.ts';
import { sequencesAbout, type Sequence } from './sequences.ts';
import { World, type WorldOptions } from './world.ts';

export interface Search {
  readonly seed: number;
  /** What its sequences are mostly about. */
  readonly topic: Topic | null;
  /** Which sequence of that seed. */
  readonly index: number;
  /** What makes time pass. */
  readonly time: WorldOptions['time'];
  /** When to be content with what was found, in milliseconds from now. */
  readonly shrinkMs: number;
  readonly newReference: () => ReferenceLedger;
}

interface Failing {
  readonly sequence: Sequence;
  readonly error: Error;
}

/**
 * Looks for a short sequence that fails as the given one does. fast-check makes its values simpler; then whatever isn't
 * needed for the failure is left out.
 *
 * @returns how it fails; `null` where the sequence passes when it runs alone.
 */
export async function shortestFailing({
  seed,
  topic,
  index,
  time,
  shrinkMs,
  newReference,
}: Search): Promise<Error | null> {
  const start = performance.now();
  const alone = new Alone(time, newReference);
  const found: { shortest: Failing | null } = { shortest: null };
  const passes = async (candidate: Sequence, deadline: number): Promise<boolean> => {
    if (performance.now() > start + deadline && found.shortest !== null) return true;
    const error = await alone.failureOf(candidate);
    if (error !== null) found.shortest = { sequence: candidate, error };
    return error === null;
  };
  await fc.check(
    fc.asyncProperty(sequencesAbout(topic), (candidate) => passes(candidate, shrinkMs / 2)),
    { seed, path: String(index), numRuns: 1 },
  );
  await leaveOut(
    () => found.shortest?.sequence ?? null,
    async (candidate) => !(await passes(candidate, shrinkMs)),
  );
  await alone.end();
  return found.shortest?.error ?? null;
}

/** Leaves out step by step, the last first, until none can be spared. */
async function leaveOut(
  current: () => Sequence | null,
  fails: (candidate: Sequence) => Promise<boolean>,
): Promise<void> {
  for (let spared = true; spared;) {
    spared = false;
    for (let nth = 0; ; nth++) {
      const candidate = without(current(), nth);
      if (candidate === null) break;
      if (!(await fails(candidate))) continue;
      spared = true;
      nth -= 1;
    }
  }
}

/** The sequence without its nth request, counted from the end; `null` where there are fewer. */
function without(given: Sequence | null, nth: number): Sequence | null {
  if (!given) return null;
  let left = nth;
  for (let at = given.length - 1; at >= 0; at--) {
    const step = given[at];
    if (!step) return null;
    const { plans } = step;
    if (left < plans.length) return given.with(at, { ...step, plans: plans.toSpliced(plans.length - 1 - left, 1) });
    left -= plans.length;
  }
  return null;
}

/** Runs one sequence after the other, each as if it were the first. */
class Alone {
  private world: World | null = null;

  constructor(
    private readonly time: WorldOptions['time'],
    private readonly newReference: () => ReferenceLedger,
  ) {}

  async failureOf(candidate: Sequence): Promise<Error | null> {
    this.world ??= await World.create({ processes: 2, time: this.time });
    const failure = await runSequences(this.world, [candidate], this.newReference);
    // Books that are out of order would stay so for whatever comes next.
    if (failure) await this.end();
    return failure?.error ?? null;
  }

  async end(): Promise<void> {
    const { world } = this;
    this.world = null;
    await world?.end();
  }
}
