import { setTimeout as sleep } from 'node:timers/promises';
import { diskUse, type DiskPart } from './disk-use.ts';
import { makePairs, type PairLoad } from './pair-load.ts';
import { rowChurn, type RowChurn } from './row-churn.ts';

/** What authorizations and their commits leave behind. */
export interface Footprint {
  readonly what: string;
  readonly pairs: number;
  /** Bytes per pair, of every part that has grown. */
  readonly parts: readonly DiskPart[];
  /** Of {@link parts}: what stays for good, what goes with its week, and room that is used again and again. */
  readonly kept: number;
  readonly keys: number;
  readonly reused: number;
  /** Bytes written to the log per pair, whole pages after a checkpoint included. */
  readonly wal: number;
  readonly churn: readonly RowChurn[];
}

/** Sessions tell the statistics what they did at most once a second. */
const STATISTICS_LAG_MS = 1500;

/** Makes so many pairs, each with two idempotency keys, on a database that nothing else has changed. */
export async function measureFootprint(what: string, load: PairLoad, pairs: number): Promise<Footprint> {
  const { pool, server } = load.database;
  const before = await diskUse(pool);
  const walBefore = await server.walBytes();
  await makePairs(load, pairs);
  const wal = ((await server.walBytes()) - walBefore) / pairs;
  const parts = grownParts(before, await diskUse(pool)).map((part) => ({ ...part, bytes: part.bytes / pairs }));
  await sleep(STATISTICS_LAG_MS);
  const of = (...tables: readonly string[]): number => sum(parts.filter(({ table }) => tables.includes(table)));
  const kept = of('authorizations', 'transfers');
  const keys = of('idempotency_keys');
  return { what, pairs, parts, kept, keys, reused: sum(parts) - kept - keys, wal, churn: await rowChurn(pool) };
}

/** The parts that have grown, and by how much. */
export function grownParts(before: readonly DiskPart[], after: readonly DiskPart[]): DiskPart[] {
  const bytesBefore = new Map(before.map(({ table, part, bytes }) => [`${table} ${part}`, bytes]));
  return after
    .map((now) => ({ ...now, bytes: now.bytes - (bytesBefore.get(`${now.table} ${now.part}`) ?? 0) }))
    .filter(({ bytes }) => bytes > 0);
}

function sum(parts: readonly DiskPart[]): number {
  return parts.reduce((total, { bytes }) => total + bytes, 0);
}
