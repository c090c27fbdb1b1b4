import type { Match } from './match.ts';
import type { PriceFault } from './price-fault.ts';
import type { Price } from './rate-card.ts';
import { overlap, specificityKey } from './specificity.ts';

/** Faults for prices that tie with an earlier one: a usage could match both, and neither is more specific. */
export function findTies(prices: readonly Price[], root: string): readonly PriceFault[] {
  const earlier = new Map<string, AlikePrices>();
  return prices.flatMap(({ event, match }, index) => {
    const key = `${specificityKey(match)} ${event}`;
    const alike = earlier.get(key) ?? new AlikePrices();
    earlier.set(key, alike);
    const tied = alike.findTied(match);
    alike.add(match, index);
    return tied === null ? [] : [{ field: `${root}[${String(index)}].match`, message: messageOf(root, tied) }];
  });
}

/**
 * Matches of one event that are equally specific. A card may have thousands that name one model each: of those that give the
 * same names one value each, only equal ones overlap, so they needn't be compared with each other.
 */
class AlikePrices {
  readonly #byNames = new Map<string, { index: number; match: Match }[]>();
  readonly #byValues = new Map<string, number>();

  add(match: Match, index: number): void {
    const names = namesOf(match);
    const alike = this.#byNames.get(names);
    if (alike) alike.push({ match, index });
    else this.#byNames.set(names, [{ match, index }]);
    if (isExact(match)) this.#byValues.set(valuesOf(match), index);
  }

  /** The index of one that overlaps; null where none does. */
  findTied(match: Match): number | null {
    const areExact = isExact(match);
    const equal = areExact ? this.#byValues.get(valuesOf(match)) : undefined;
    if (equal !== undefined) return equal;
    for (const [names, alike] of this.#byNames) {
      if (areExact && names === namesOf(match)) continue;
      const tied = alike.find((other) => overlap(other.match, match));
      if (tied) return tied.index;
    }
    return null;
  }
}

/** Of equally specific matches, all are or none is. */
function isExact(match: Match): boolean {
  return match.every(({ kind }) => kind === 'exact');
}

function namesOf(match: Match): string {
  return JSON.stringify(match.map(({ name }) => name));
}

function valuesOf(match: Match): string {
  return JSON.stringify(
    match.map((condition) => [condition.name, condition.kind === 'exact' && [...condition.values]]),
  );
}

function messageOf(root: string, index: number): string {
  const other = `${root}[${String(index)}]`;
  return `must differ from that of ${other}: usage can match both, and neither is more specific. Name more in one of them`;
}
