import { type Amount, ZERO } from '#amounts';
import type { Count } from './pricing.ts';
import type { CountedQuantity } from './rate-card.ts';

/** What the usages of one request count, from one to the next: two of them may move the same counter. */
export class RunningCounts {
  readonly #byId = new Map<string, Count>();

  of(counter: CountedQuantity): Amount {
    return this.#byId.get(counter.id)?.count ?? ZERO;
  }

  add(counter: CountedQuantity, count: Amount): void {
    this.#byId.set(counter.id, { counter, count: this.of(counter).plus(count) });
  }

  list(): readonly Count[] {
    return [...this.#byId.values()];
  }
}
