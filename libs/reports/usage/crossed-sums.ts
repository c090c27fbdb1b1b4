import { type Amount, ZERO } from '#amounts';
import { FactSums, NIL_UUID, type QuantityRow } from '../facts/fact-sums.ts';
import { addMeasures, noMeasures, type Measures } from '../facts/measures.ts';
import type { UsageGroup as NamedUsage } from '../facts/usage-shares.ts';
import { tagsOf, type Span, type UsageGroup, type UsageQuestion } from './usage-question.ts';
import { NONE, type UsageSums } from './usage-row.ts';

/** Whose facts are added. */
interface Owner {
  /** By which clients know the account. */
  readonly account: string;
  readonly unit: string;
}

interface Dimensions {
  readonly at: number;
  readonly usage: NamedUsage;
  readonly keyId: string;
}

interface Sum {
  readonly bucket: number;
  readonly unit: string;
  readonly values: readonly string[];
  readonly measures: Measures;
  readonly quantities: Map<string, Amount>;
}

const MONEY = ['revenue', 'cost', 'promotionalCost'] as const;

/**
 * Adds facts up as a question asks for them, with all of their dimensions and tags at once. The facts of a step come first without
 * tags, and then once for each tag with its value.
 */
export class CrossedSums extends FactSums {
  readonly #question: UsageQuestion;
  readonly #parts: readonly Span[];
  readonly #tags: readonly string[];
  readonly #sums = new Map<string, Sum>();
  #owner: Owner = { account: '', unit: '' };
  /** Facts whose tags haven't come yet. */
  #untagged: (Dimensions & { readonly add: (sum: Sum) => void })[] = [];
  #values = new Map<string, string>();

  /** @param parts of the range of the question: only what happened in them is added up */
  constructor(question: UsageQuestion, parts: readonly Span[]) {
    super();
    this.#question = question;
    this.#parts = parts;
    this.#tags = tagsOf(question);
  }

  /** The facts that are added from now on are this account's. */
  begin(owner: Owner): void {
    this.#owner = owner;
  }

  get rows(): readonly UsageSums[] {
    return [...this.#sums.values()];
  }

  override addUsage(at: number, usage: NamedUsage, keyId: string, currency: string, change: Partial<Measures>): void {
    const none = Object.fromEntries(MONEY.map((name) => [name, ZERO]));
    const counted = currency === this.#question.currency ? change : { ...change, ...none };
    this.#take({ at, usage, keyId, add: ({ measures }) => addMeasures(measures, counted) });
  }

  override addQuantity(
    at: number,
    usage: NamedUsage,
    keyId: string,
    { quantity, amount }: Pick<QuantityRow, 'quantity' | 'currency' | 'amount' | 'credits' | 'cost'>,
  ): void {
    if (quantity === '') return;
    const add = ({ quantities }: Sum): void => {
      quantities.set(quantity, (quantities.get(quantity) ?? ZERO).plus(amount));
    };
    this.#take({ at, usage, keyId, add });
  }

  override addTag(_at: number, tag: string, value: string): void {
    this.#values.set(tag, value);
    if (this.#values.size < this.#tags.length) return;
    for (const fact of this.#untagged) if (this.#isAskedFor(fact)) fact.add(this.#sumOf(fact));
    this.#untagged = [];
    this.#values = new Map();
  }

  /** Grants aren't usage. */
  override addMoney(): void {
    return;
  }

  #take(fact: Dimensions & { readonly add: (sum: Sum) => void }): void {
    if (this.#tags.length > 0) this.#untagged.push(fact);
    else if (this.#isAskedFor(fact)) fact.add(this.#sumOf(fact));
  }

  #isAskedFor({ at, usage, keyId }: Dimensions): boolean {
    const { filter } = this.#question;
    if (!this.#parts.some(({ from, to }) => from <= at && at < to)) return false;
    const { model, event, key, tags } = filter;
    if (model !== null && named(usage.model) !== model) return false;
    if (event !== null && named(usage.event) !== event) return false;
    if (key !== null && keyId !== key) return false;
    return Object.entries(tags).every(([tag, value]) => this.#values.get(tag) === value);
  }

  #sumOf(fact: Dimensions): Sum {
    const bucket = this.#bucketOf(fact.at);
    const values = this.#question.groups.map((group) => this.#valueOf(group, fact));
    const { unit } = this.#owner;
    const name = JSON.stringify([bucket, unit, values]);
    const known = this.#sums.get(name);
    if (known) return known;
    const sum = { bucket, unit, values, measures: noMeasures(), quantities: new Map<string, Amount>() };
    this.#sums.set(name, sum);
    return sum;
  }

  #valueOf(group: UsageGroup, { usage, keyId }: Dimensions): string {
    switch (group) {
      case 'account':
        return this.#owner.account;
      case 'key':
        return keyId === NIL_UUID ? NONE : keyId;
      case 'model':
      case 'event':
      case 'provider':
        return named(usage[group]);
      default:
        return this.#values.get(group.slice('tag.'.length)) ?? NONE;
    }
  }

  /** The last one that has begun. */
  #bucketOf(at: number): number {
    const { bounds } = this.#question;
    let [low, high] = [0, bounds.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((bounds[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return low;
  }
}

function named(value: string): string {
  return value === '' ? NONE : value;
}
