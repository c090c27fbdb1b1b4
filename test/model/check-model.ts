import fc from 'fast-check';
import { ReferenceLedger } from './reference-ledger.ts';
import { runSequences, type Failure } from './run-sequences.ts';
import type { Topic } from './random-requests.ts';
import { sequencesAbout } from './sequences.ts';
import { shortestFailing, type Search } from './shortest-failing.ts';
import { World, type WorldOptions } from './world.ts';

export interface ModelOptions {
  readonly seed: number;
  /** What they are mostly about; everything where it isn't given. */
  readonly topic?: Topic | null;
  /** How many sequences. */
  readonly runs: number;
  /** How many processes they are sent to, at random; two where it isn't given. */
  readonly processes?: number;
  /** What makes time pass; the database's clock where it isn't given. */
  readonly time?: WorldOptions['time'];
  /** How long to look for a shorter sequence that fails. */
  readonly shrinkMs?: number;
  readonly newReference?: () => ReferenceLedger;
}

/** So many sequences run side by side: the more there are, the more of them share an instant, and a transaction. */
const AT_ONCE = 1000;

/**
 * Runs random sequences through the service and the reference.
 * @throws Error with the shortest failing sequence found, and how to run it again.
 */
export async function checkModel({
  seed,
  topic = null,
  runs,
  processes = 2,
  time = 'real',
  shrinkMs = 60_000,
  newReference = () => new ReferenceLedger(),
}: ModelOptions): Promise<void> {
  const world = await World.create({ processes, time });
  try {
    for (let done = 0; done < runs; done += AT_ONCE) {
      const numRuns = Math.min(AT_ONCE, runs - done);
      const chunk = { seed: seed + done / AT_ONCE, numRuns };
      const failure = await runSequences(world, fc.sample(sequencesAbout(topic), chunk), newReference);
      if (failure) throw await explain(failure, chunk, { topic, time, shrinkMs, newReference });
    }
  } finally {
    await world.end();
  }
}

/** Runs the failed sequence alone, and shorter ones made from it, as long as they fail. */
async function explain(
  { index, error }: Failure,
  { seed, numRuns }: { readonly seed: number; readonly numRuns: number },
  search: Omit<Search, 'seed' | 'index'>,
): Promise<Error> {
  const shortest = await shortestFailing({ seed, index, ...search });
  const story =
    shortest === null
      ? `Alone it passes; among ${numRuns} it failed:\n\n${error.message}`
      : `The shortest found that fails:\n\n${shortest.message}`;
  const again = `Run it again: MODEL_SEED=${seed} MODEL_RUNS=${numRuns} npm test -- test/model`;
  return new Error(`Sequence ${index} of seed ${seed} failed. ${story}\n\n${again}`, { cause: error });
}
