import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpConnection } from './http-connection.ts';
import type { Clients, Load, LoadResult } from './load.ts';
import { performOf, type Perform } from './perform.ts';
import { Requests } from './requests.ts';
import { Tally } from './tally.ts';

/** Puts a load on a service over connections that are open already, and waits for every answer. */
export async function runLoad(
  clients: Clients,
  connections: readonly HttpConnection[],
  load: Load,
): Promise<LoadResult> {
  const tally = new Tally(load.seconds);
  const perform = performOf(load, new Requests(clients, load.accounts), tally);
  const work = workOf(load, perform, tally.endAt);
  const cpu = process.cpuUsage();
  await Promise.all(connections.map(work));
  const { user, system } = process.cpuUsage(cpu);
  return { ...tally.result(), cpuMicros: user + system };
}

/** What each client does until the end. */
function workOf({ pace }: Load, perform: Perform, endAt: number): (connection: HttpConnection) => Promise<void> {
  if (pace === 'closed') return (connection) => workOn(connection, perform, endAt);
  const moments = momentsUntil(endAt, pace.perSecond);
  return pace.kind === 'fixed'
    ? (connection) => workOnTime(connection, perform, moments)
    : (connection) => workInTime(connection, perform, moments);
}

/** A closed loop: the next begins when the last has been answered. */
async function workOn(connection: HttpConnection, perform: Perform, endAt: number): Promise<void> {
  for (let now = performance.now(); now < endAt; now = performance.now()) await perform(connection, now);
}

/**
 * An open loop: one is begun at each moment, whether or not the earlier ones have been answered. Its time counts from that
 * moment, so waiting for a free connection counts. A timer's tick is 1 ms: it may begin that much early.
 */
async function workOnTime(connection: HttpConnection, perform: Perform, moments: Moments): Promise<void> {
  for (let due = moments.next(); !due.done; due = moments.next()) {
    await untilNearly(due.value);
    await perform(connection, Math.min(due.value, performance.now()));
  }
}

/** An open loop that skips the moments that have passed while no connection was free. */
async function workInTime(connection: HttpConnection, perform: Perform, moments: Moments): Promise<void> {
  for (let due = moments.next(); !due.done; due = moments.next()) {
    const now = performance.now();
    if (due.value < now - TIMER_TICK_MS) continue;
    await untilNearly(due.value);
    await perform(connection, performance.now());
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
