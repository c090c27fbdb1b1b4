import { percentile } from '../report/statistics.ts';
import type { Latencies } from './load.ts';

/** Keeps every latency of a run, for percentiles of the raw figures. */
export class Recorder {
  #latencies = new Float64Array(1 << 16);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param ms how long a request took. */
  record(ms: number): void {
    if (this.#count === this.#latencies.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#latencies);
      this.#latencies = larger;
    }
    this.#latencies[this.#count] = ms;
    this.#count += 1;
  }

  /** Where nothing was recorded nobody was answered, however long they waited. */
  latencies(): Latencies {
    if (this.#count === 0) return { average: Infinity, p50: Infinity, p95: Infinity, p99: Infinity };
    const sorted = this.#latencies.slice(0, this.#count).sort();
    return {
      average: sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length,
      p50: percentile(sorted, 50),
      p95: percentile(sorted, 95),
      p99: percentile(sorted, 99),
    };
  }
}
