import type { Condition, Match } from './match.ts';
import { overlap } from './specificity.ts';

interface Listed {
  readonly index: number;
  readonly match: Match;
}

/** Matches that are equally specific, so that none of them may overlap another. A card may have thousands. */
export class AlikeMatches {
  readonly #byNames = new Map<string, SameNames>();

  add(match: Match, index: number): void {
    const names = JSON.stringify(match.map(({ name }) => name));
    const same = this.#byNames.get(names) ?? new SameNames(match);
    this.#byNames.set(names, same);
    same.add({ match, index });
  }

  /** The index of one that overlaps; null where none does. */
  findTied(match: Match): number | null {
    for (const same of this.#byNames.values()) {
      const tied = same.findTied(match);
      if (tied) return tied.index;
    }
    return null;
  }
}

/** Matches that give the same names. Only those with a value in common can overlap: each is found by its values. */
class SameNames {
  readonly #all: Listed[] = [];
  readonly #byName: ReadonlyMap<string, Values>;

  constructor(match: Match) {
    this.#byName = new Map(match.map(({ name }) => [name, new Values()]));
  }

  add(listed: Listed): void {
    this.#all.push(listed);
    for (const condition of listed.match) this.#byName.get(condition.name)?.add(condition, listed);
  }

  findTied(match: Match): Listed | undefined {
    return this.#candidates(match).find((other) => overlap(other.match, match));
  }

  /** Those that may overlap, by the name that leaves the fewest. Matches without a name in common all do. */
  #candidates(match: Match): readonly Listed[] {
    let fewest: { readonly count: number; readonly condition: Condition; readonly values: Values } | null = null;
    for (const condition of match) {
      const values = this.#byName.get(condition.name);
      const count = values?.countOf(condition);
      if (values && count !== undefined && !(fewest && fewest.count <= count)) fewest = { count, condition, values };
    }
    return fewest ? fewest.values.listOf(fewest.condition) : this.#all;
  }
}

const NONE: readonly Listed[] = [];

/** The matches of one name's conditions. */
class Values {
  readonly #all: Listed[] = [];
  readonly #prefixes: Listed[] = [];
  readonly #byValue = new Map<string, Listed[]>();

  add(condition: Condition, listed: Listed): void {
    this.#all.push(listed);
    if (condition.kind === 'prefix') {
      this.#prefixes.push(listed);
      return;
    }
    for (const value of condition.values) {
      const sharing = this.#byValue.get(value);
      if (sharing) sharing.push(listed);
      else this.#byValue.set(value, [listed]);
    }
  }

  countOf(condition: Condition): number {
    return this.#parts(condition).reduce((sum, { length }) => sum + length, 0);
  }

  /** In the order in which they were added, each once. */
  listOf(condition: Condition): readonly Listed[] {
    const parts = this.#parts(condition);
    if (parts.length === 1) return parts[0] ?? NONE;
    return [...new Set(parts.flat())].sort((a, b) => a.index - b.index);
  }

  #parts(condition: Condition): readonly (readonly Listed[])[] {
    if (condition.kind === 'prefix') return [this.#all];
    const sharing = [...condition.values].map((value) => this.#byValue.get(value) ?? NONE);
    return this.#prefixes.length === 0 ? sharing : [...sharing, this.#prefixes];
  }
}
