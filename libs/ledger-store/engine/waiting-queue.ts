import { weightOf, type Waiting } from './waiting.ts';

/** Commands in the order in which they came, and how many decisions they make up. */
export class WaitingQueue {
  private readonly waiting: Waiting[] = [];
  private total = 0;

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  get weight(): number {
    return this.total;
  }

  push(one: Waiting): void {
    this.waiting.push(one);
    this.total += one.queued.weight;
  }

  putFirst(batch: readonly Waiting[]): void {
    this.waiting.unshift(...batch);
    this.total += weightOf(batch);
  }

  /** As many from its head as make up this many decisions; at least one. */
  take(weightMax: number): readonly Waiting[] {
    let weight = 0;
    let count = 0;
    for (const { queued } of this.waiting) {
      weight += queued.weight;
      if (count > 0 && weight > weightMax) break;
      count += 1;
    }
    const taken = this.waiting.splice(0, count);
    this.total -= weightOf(taken);
    return taken;
  }

  takeAll(): readonly Waiting[] {
    this.total = 0;
    return this.waiting.splice(0);
  }
}
