import type { Pipeline } from './pipeline.ts';
import type { WorkQueue } from './work-queue.ts';

/** A batch of fewer would cost as much. */
const OTHERS_MIN = 16;
/** Fewer than this go together: dividing them would only add a transaction. */
const WORTH_DIVIDING = 64;

/** With nothing in flight, half of what waits, if that is much: the other half can then be decided while this one is written. */
export function weightOfNext(
  ready: Pick<WorkQueue, 'weight'>,
  pipeline: Pick<Pipeline, 'size'>,
  batchMax: number,
): number {
  const divides = pipeline.size === 0 && ready.weight >= WORTH_DIVIDING;
  return Math.min(batchMax, divides ? ready.weight >> 1 : ready.weight);
}

/**
 * How many of other environments may join the next batch. Where there is work of `live`, no more of theirs is in flight: what a
 * batch takes to be decided, written and answered is time that everybody waits.
 */
export function weightOfOthers(
  ready: Pick<WorkQueue, 'liveWeight'>,
  pipeline: Pick<Pipeline, 'weight' | 'liveWeight'>,
  batchMax: number,
): number {
  const live = ready.liveWeight + pipeline.liveWeight;
  if (live === 0) return batchMax;
  return Math.max(OTHERS_MIN, live - (pipeline.weight - pipeline.liveWeight));
}
