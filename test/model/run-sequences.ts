import { AccountReader, verify } from '#ledger-store';
import { expectedBooks, foundBooks } from './books.ts';
import { differences } from './compare.ts';
import { Names } from './names.ts';
import type { ReferenceLedger } from './reference-ledger.ts';
import { SequenceRun } from './sequence-run.ts';
import { ACCOUNTS } from './requests.ts';
import type { Sequence } from './sequences.ts';
import { EPOCH, type World } from './world.ts';

export interface Failure {
  /** Which of the sequences failed. */
  readonly index: number;
  readonly error: Error;
}

let sequencesMade = 0;

/**
 * Runs sequences side by side, each on accounts of its own, and compares everything with the reference.
 *
 * They share the database's clock: it moves from one instant at which any of them has something to send to the next, so
 * to each of them time passes as it says.
 */
export async function runSequences(
  world: World,
  sequences: readonly Sequence[],
  newReference: () => ReferenceLedger,
): Promise<Failure | null> {
  const runs = sequences.map(
    (one) => new SequenceRun(world, new Names(`${++sequencesMade}`, world.environments), newReference(), one),
  );
  for (const check of [runMoments, checkBooks, checkPast, verifyBooks]) {
    const failure = await check(world, runs);
    if (failure) return failure;
  }
  return null;
}

/** Closings are made at some of these moments; they must change no balance of the past. */
const CLOSED_AT: readonly number[] = [25, 75, 150, 250];

async function runMoments(world: World, runs: readonly SequenceRun[]): Promise<Failure | null> {
  for (let moment = 1; ; moment += 1) {
    if (CLOSED_AT.includes(moment)) await world.closeAccounts();
    const times = runs.flatMap(({ next }) => next ?? []);
    if (times.length === 0) return null;
    const now = Math.min(...times);
    await world.setClock(now);
    const failures = await Promise.all(
      runs.map(async (run, index) => (run.next === now ? attempt(index, () => run.runMoment(now)) : null)),
    );
    const failure = failures.find((one) => one !== null);
    if (failure) return failure;
  }
}

async function attempt(index: number, work: () => Promise<void>): Promise<Failure | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof Error) return { index, error };
    throw error;
  }
}

/** Compares the tables, row by row and sum by sum. */
async function checkBooks(world: World, runs: readonly SequenceRun[]): Promise<Failure | null> {
  const books = await foundBooks(
    world.pool,
    runs.map(({ names }) => names),
  );
  return firstFailure(runs, ({ references }, index) =>
    leastDifferences(references.map((reference) => differences(expectedBooks(reference), books[index]))),
  );
}

/** Reads that all wait at once for the few connections of a pool are refused when the last of them has waited too long. */
const READS_AT_ONCE = 20;

/** Asks for a balance as it was at some moment of each sequence. */
async function checkPast(world: World, runs: readonly SequenceRun[]): Promise<Failure | null> {
  await world.setClock(world.latest);
  const reader = new AccountReader(world.pool);
  const found: string[][] = [];
  while (found.length < runs.length) {
    const next = runs.slice(found.length, found.length + READS_AT_ONCE);
    found.push(...(await Promise.all(next.map((run, offset) => pastDifferences(reader, run, found.length + offset)))));
  }
  return firstFailure(runs, (_, index) => found[index] ?? []);
}

async function pastDifferences(reader: AccountReader, run: SequenceRun, index: number): Promise<string[]> {
  const asked = run.references[0]?.moments.at((index * 7) % run.references[0].moments.length);
  if (!asked) return [];
  const { account, at } = asked;
  const then = await reader.findAt(run.names.account(account), EPOCH + at);
  if (then === null || then === 'future') return [`${account} is unknown at t+${at / 1000}s`];
  const { posted, held } = then.balance;
  const told = { posted: posted.toFixed(), held: held.toFixed() };
  const wanted = run.references.flatMap(({ moments }) =>
    moments.filter((moment) => moment.account === account && moment.at === at),
  );
  return leastDifferences(
    wanted.map(({ balance }) => differences(balance, told, `balance of ${account} at t+${at / 1000}s`)),
  );
}

/** Checks the invariants of the whole books. */
async function verifyBooks(world: World, runs: readonly SequenceRun[]): Promise<Failure | null> {
  await world.setClock(world.latest);
  const { clean, checks } = await verify(world.pool);
  if (clean) return null;
  const broken = checks.filter(({ severity, differences }) => severity === 'failure' && differences > 0);
  const lines = broken.flatMap(({ name, first }) => first.map((one) => `${name}: ${JSON.stringify(one)}`));
  const accounts = broken.flatMap(({ first }) => first.map(({ account }) => account));
  const failed = runs.findIndex(({ names }) => ACCOUNTS.some((name) => accounts.includes(names.account(name).id)));
  return firstFailure(runs, (_, index) => (index === Math.max(failed, 0) ? lines : []));
}

/** Of several things that may be, the one that comes closest. */
function leastDifferences(all: readonly string[][]): string[] {
  return all.toSorted((a, b) => a.length - b.length)[0] ?? ['nothing to compare with'];
}

async function firstFailure(
  runs: readonly SequenceRun[],
  differencesOf: (run: SequenceRun, index: number) => readonly string[],
): Promise<Failure | null> {
  for (const [index, run] of runs.entries()) {
    const lines = differencesOf(run, index);
    if (lines.length > 0) return attempt(index, () => Promise.resolve().then(() => run.fail(lines)));
  }
  return null;
}
