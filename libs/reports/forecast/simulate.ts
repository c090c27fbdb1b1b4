import { creditsOf, type Course, type Day, type Step } from './course.ts';
import { amountOf, partOf, picos } from './picos.ts';
import { rolledPart } from './supplies.ts';

/** Credits of a grant that nobody will have used when they expire. */
export interface Unused {
  /** The grant's UUID; `null` where it is still to come. */
  readonly grant: string | null;
  readonly expiresAt: number;
  readonly credits: bigint;
}

export interface Outcome {
  /** From when on something can't be paid for; `null`: not within the horizon. */
  readonly runsOutAt: number | null;
  /** In the order in which they expire. */
  readonly unused: readonly Unused[];
}

/** Credits as they are in the middle of a simulation. */
interface Run {
  readonly left: bigint[];
  debt: bigint;
  readonly unused: Unused[];
}

/**
 * Goes through the next days: what is used in a day is spread evenly over it, split into the demands by their weights, and paid for by the
 * supplies in burn-down order.
 *
 * @param usedOn what is used on a whole day, by its number
 * @param until what is asked for: with `run_out` it stops there, and what expires later isn't known
 */
export function simulate(course: Course, usedOn: (day: number) => bigint, until: 'run_out' | 'horizon'): Outcome {
  const run: Run = { left: creditsOf(course), debt: course.debt, unused: [] };
  let runsOutAt: number | null = null;
  for (const step of course.steps) {
    expire(course, step, run);
    repay(step, run);
    const day = course.days[step.day];
    const wanted = day ? usedWithin(day, step, usedOn(step.day)) : 0n;
    const lasted = spend(course, step, wanted, run);
    if (lasted === null || runsOutAt !== null) continue;
    runsOutAt = step.from + lasted;
    if (until === 'run_out') break;
  }
  return { runsOutAt, unused: run.unused };
}

/** Differences of a running sum: the steps of a day add up to what is used in it. */
function usedWithin({ start, end }: Day, { from, to }: Step, used: bigint): bigint {
  return partOf(used, to - start, end - start) - partOf(used, from - start, end - start);
}

function expire({ supplies }: Course, { expiring, from }: Step, { left, unused }: Run): void {
  for (const index of expiring) {
    const supply = supplies[index];
    const credits = left[index] ?? 0n;
    left[index] = 0n;
    if (!supply || credits === 0n) continue;
    const { rollover } = supply;
    const rolled = rollover ? picos(rolledPart(rollover, amountOf(credits))) : 0n;
    if (rollover) addTo(left, supplies.indexOf(rollover.supply), rolled);
    if (credits > rolled) unused.push({ grant: supply.grant, expiresAt: from, credits: credits - rolled });
  }
}

function addTo(left: bigint[], index: number, credits: bigint): void {
  if (index >= 0) left[index] = (left[index] ?? 0n) + credits;
}

function repay({ entering }: Step, run: Run): void {
  for (const index of entering) {
    const credits = run.left[index] ?? 0n;
    const repaid = smaller(credits, run.debt);
    run.left[index] = credits - repaid;
    run.debt -= repaid;
  }
}

/** @returns how many milliseconds of the step passed before something couldn't be paid for; `null`: everything is paid */
function spend({ weights }: Course, { payers, from, to }: Step, wanted: bigint, { left }: Run): number | null {
  const all = weights.reduce((sum, weight) => sum + weight, 0n);
  let [passed, asked] = [0n, 0n];
  let lasted: number | null = null;
  for (const [part, weight] of weights.entries()) {
    passed += weight;
    const upTo = partOf(wanted, passed, all);
    const needed = upTo - asked;
    asked = upTo;
    const missing = pay(needed, payers[part] ?? [], left);
    if (missing === 0n) continue;
    const paidFor = Number(partOf(BigInt(to - from), needed - missing, needed));
    lasted = lasted === null ? paidFor : Math.min(lasted, paidFor);
  }
  return lasted;
}

/** @returns what these supplies don't cover */
function pay(needed: bigint, supplies: readonly number[], left: bigint[]): bigint {
  let missing = needed;
  for (const index of supplies) {
    if (missing === 0n) break;
    const credits = left[index] ?? 0n;
    if (credits === 0n) continue;
    const taken = smaller(credits, missing);
    left[index] = credits - taken;
    missing -= taken;
  }
  return missing;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
