import { Amount, ZERO } from './amount.ts';

/** What `decimal.js` keeps digits in: words of seven, of which one ends at the decimal point. */
const DIGITS_PER_WORD = 7;
/** How many picos a unit of the words from the decimal point on has: the one before it, and the first behind it. */
const PICOS_BEFORE_POINT = 1e12;
const PICOS_BEHIND_POINT = 1e5;
/** Of the second word behind the point, units that make one pico. */
const UNITS_IN_PICO = 100;

/**
 * An amount as a number of picos, 10⁻¹² credits each, the smallest part that is stored; null where that isn't a whole number that a
 * double holds exactly. Sums and products of such numbers are exact as long as they are safe integers, and take no memory.
 */
export function picosOf({ s: sign, e: exponent, d: words }: Amount): number | null {
  // Only what isn't a number has none.
  if ((words as readonly number[] | null) === null) return null;
  let word = Math.floor(exponent / DIGITS_PER_WORD);
  let picos = 0;
  for (const units of words) {
    if (word === 0) picos += units * PICOS_BEFORE_POINT;
    else if (word === -1) picos += units * PICOS_BEHIND_POINT;
    else if (word === -2 && units % UNITS_IN_PICO === 0) picos += units / UNITS_IN_PICO;
    else return null;
    word -= 1;
  }
  return picos <= Number.MAX_SAFE_INTEGER ? sign * picos : null;
}

/** @param picos a safe integer, 0 or more */
export function amountOfPicos(picos: number): Amount {
  const before = Math.floor(picos / PICOS_BEFORE_POINT);
  const rest = picos - before * PICOS_BEFORE_POINT;
  if (rest === 0) return before === 0 ? ZERO : new Amount(before);
  const behind = Math.floor(rest / PICOS_BEHIND_POINT);
  const last = (rest - behind * PICOS_BEHIND_POINT) * UNITS_IN_PICO;
  const amount: Writable = new Amount(1);
  const words: number[] = [];
  if (before > 0) words.push(before);
  if (before > 0 || behind > 0) words.push(behind);
  if (last > 0) words.push(last);
  amount.d = words;
  amount.e = exponentOf(before, behind, last);
  return amount;
}

/** Parsing takes ten times as long as this. */
type Writable = Omit<Amount, 'd' | 'e'> & { d: number[]; e: number };

/** That of the first digit. */
function exponentOf(before: number, behind: number, last: number): number {
  if (before > 0) return digitsIn(before) - 1;
  return behind > 0 ? digitsIn(behind) - 1 - DIGITS_PER_WORD : digitsIn(last) - 1 - 2 * DIGITS_PER_WORD;
}

function digitsIn(word: number): number {
  let digits = 1;
  for (let rest = word; rest >= 10; rest /= 10) digits += 1;
  return digits;
}

/** The exact sum. */
export function sumOf(amounts: readonly Amount[]): Amount {
  let total = 0;
  for (const amount of amounts) {
    const picos = picosOf(amount);
    if (picos === null || picos < 0) return sumOfAny(amounts);
    total += picos;
    if (total > Number.MAX_SAFE_INTEGER) return sumOfAny(amounts);
  }
  return amountOfPicos(total);
}

function sumOfAny(amounts: readonly Amount[]): Amount {
  return amounts.reduce((sum, amount) => sum.plus(amount), ZERO);
}
