import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './client.ts';
import type { Load, LoadResult } from './load.ts';
import type { PreparedLoad } from './prepare-load.ts';
import { Tally } from './tally.ts';

/** Does a work once. @returns whether there was room for it. */
type Attempt = (from: number) => Promise<boolean>;

/** Puts a load on a service and waits for every answer. */
export async function runLoad({ load, workers }: PreparedLoad): Promise<LoadResult> {
  const { pace, mayBeRefused = pace !== 'closed' && pace.kind === 'overload' } = load;
  const tally = new Tally(load.seconds);
  const work = workOf(load, tally.endAt);
  const cpu = process.cpuUsage();
  await Promise.all(
    workers.map(({ connection, perform }) => {
      const client = new Client(connection, tally, mayBeRefused);
      return work(async (from) => {
        const decisions = await perform(client, from);
        tally.decided(decisions ?? 0);
        return decisions !== null;
      });
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  return { ...tally.result(), cpuMicros: user + system };
}

/** What each client does until the end. */
function workOf({ pace }: Load, endAt: number): (attempt: Attempt) => Promise<void> {
  if (pace === 'closed') return (attempt) => workOn(attempt, endAt);
  if (pace.kind === 'unhurried') return (attempt) => workOn(attempt, endAt, pace.pauseMs);
  const moments = momentsUntil(endAt, pace.perSecond);
  return pace.kind === 'fixed' ? (attempt) => workOnTime(attempt, moments) : (attempt) => workInTime(attempt, moments);
}

/** A refused client that asked again at once would take the service's time for nothing but refusing it. */
const PAUSE_AFTER_REFUSAL_MS = 100;

/** A closed loop: the next begins when the last has been answered, or a little later. */
async function workOn(attempt: Attempt, endAt: number, pauseMs = 0): Promise<void> {
  for (let now = performance.now(); now < endAt; now = performance.now()) {
    if (!(await attempt(now))) await sleep(PAUSE_AFTER_REFUSAL_MS);
    if (pauseMs > 0) await sleep(pauseMs);
  }
}

/**
 * An open loop: one is begun at each moment, whether or not the earlier ones have been answered. Its time counts from that
 * moment, so waiting for a free connection counts. A timer's tick is 1 ms: it may begin that much early.
 */
async function workOnTime(attempt: Attempt, moments: Moments): Promise<void> {
  for (let due = moments.next(); !due.done; due = moments.next()) {
    await untilNearly(due.value);
    await attempt(Math.min(due.value, performance.now()));
  }
}

/** An open loop that skips the moments that have passed while no connection was free. */
async function workInTime(attempt: Attempt, moments: Moments): Promise<void> {
  for (let due = moments.next(); !due.done; due = moments.next()) {
    const now = performance.now();
    if (due.value < now - TIMER_TICK_MS) continue;
    await untilNearly(due.value);
    await attempt(performance.now());
  }
}

type Moments = Iterator<number, undefined>;

const TIMER_TICK_MS = 2;

async function untilNearly(moment: number): Promise<void> {
  const early = Math.floor(moment - performance.now());
  if (early > 0) await sleep(early);
}

/** The moments at which work is due, evenly spaced. */
function* momentsUntil(endAt: number, perSecond: number): Generator<number, undefined> {
  const startAt = performance.now();
  for (let index = 0; ; index += 1) {
    const moment = startAt + (1000 * index) / perSecond;
    if (moment >= endAt) return undefined;
    yield moment;
  }
}
