import { median } from '../report/statistics.ts';
import type { GrowthDatabase } from './growth-database.ts';

/** A load of authorizations, each with its commit, in process. */
export interface PairLoad {
  readonly database: GrowthDatabase;
  /** The number of the account that the next pair is on. */
  readonly next: () => number;
}

/** How many requests are under way at once: enough to fill a batch. */
const AT_ONCE = 512;

export interface PairResult {
  readonly perSecond: number;
  /** Processor time of this process and of Postgres, in µs; `null` where it isn't known. Steadier than the clock. */
  readonly cpuMicros: number | null;
}

/** Authorizes and commits, many at a time, for some seconds. */
export async function loadPairs({ database, next }: PairLoad, seconds: number): Promise<PairResult> {
  const cpuBefore = await cpuMicros(database);
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  const pairs = await atOnce(database, next, () => performance.now() < endAt);
  const elapsed = (performance.now() - startedAt) / 1000;
  const cpuAfter = await cpuMicros(database);
  return {
    perSecond: pairs / elapsed,
    cpuMicros: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / pairs,
  };
}

/** Authorizes and commits so many times, many at a time. */
export async function makePairs({ database, next }: PairLoad, count: number): Promise<void> {
  let left = count;
  await atOnce(database, next, () => left-- > 0);
}

/** @returns the median latency of an authorization in ms, one at a time. */
export async function idleLatency({ database: { ledger }, next }: PairLoad, seconds: number): Promise<number> {
  const latencies: number[] = [];
  const endAt = performance.now() + seconds * 1000;
  for (let askedAt = performance.now(); askedAt < endAt; askedAt = performance.now()) {
    const id = await ledger.authorize(next());
    latencies.push(performance.now() - askedAt);
    await ledger.commit(id);
  }
  return median(latencies);
}

/** Picks among the first so many accounts, by chance. */
export function spreadOver(accounts: number): () => number {
  return () => Math.floor(Math.random() * accounts);
}

export function only(account: number): () => number {
  return () => account;
}

async function atOnce({ ledger }: GrowthDatabase, next: () => number, goesOn: () => boolean): Promise<number> {
  let pairs = 0;
  const work = async (): Promise<void> => {
    while (goesOn()) {
      await ledger.commit(await ledger.authorize(next()));
      pairs += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return pairs;
}

async function cpuMicros({ server }: GrowthDatabase): Promise<number | null> {
  const postgres = await server.cpuTime();
  const { user, system } = process.cpuUsage();
  return postgres === null ? null : postgres + user + system;
}
