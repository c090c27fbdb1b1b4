import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import type { Stalls } from './stalls.ts';

/** Loaded into a service before its own code. Answers its parent's every message with the stalls since the last one. */
const RESOLUTION_MS = 5;
const NS_PER_MS = 1_000_000;

const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
loop.enable();
const collections: number[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) collections.push(duration);
});
observer.observe({ entryTypes: ['gc'] });

process.on('message', () => {
  collections.push(...observer.takeRecords().map(({ duration }) => duration));
  // A timer that is in time is late by none, but is counted with the time it was set for.
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / NS_PER_MS - RESOLUTION_MS);
  const stalls: Stalls = {
    loopMax: late(loop.max),
    loopP99: late(loop.percentile(99)),
    gcMax: Math.max(0, ...collections),
    gcTotal: collections.reduce((sum, duration) => sum + duration, 0),
  };
  loop.reset();
  collections.length = 0;
  process.send?.(stalls);
});
// The service ends when it has ended, not when its parent has.
process.channel?.unref();
