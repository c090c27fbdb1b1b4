import type { LoadResult, Refusals } from './load.ts';
import { Recorder } from './recorder.ts';

/** Before a load is in its stride, its first answers are late and come all at once: they aren't counted. */
const LEAD_IN_SECONDS_MAX = 0.3;

/** Counts what is answered within the time that is measured. */
export class Tally {
  readonly startAt: number;
  /** When to begin nothing more. */
  readonly endAt: number;
  readonly #answered = new Recorder();
  readonly #refused = new Recorder();
  readonly #seconds: number;
  #decidedInTime = 0;
  #refusedInTime = 0;
  #decided = 0;
  readonly #answers = new Map<string, number>();

  constructor(seconds: number) {
    this.#seconds = seconds;
    this.startAt = performance.now() + 1000 * Math.min(LEAD_IN_SECONDS_MAX, seconds);
    this.endAt = this.startAt + 1000 * seconds;
  }

  /** A request that began then has just been answered with a decision of this kind. */
  answered(from: number, kind: string): void {
    const now = performance.now();
    this.#count(kind);
    if (now >= this.startAt) this.#answered.record(now - from);
  }

  /** A request that began then has just been refused. */
  refused(from: number, kind: string): void {
    const now = performance.now();
    this.#count(kind);
    if (now >= this.startAt) this.#refused.record(now - from);
    if (this.#isInTime(now)) this.#refusedInTime += 1;
  }

  /** So many decisions have just been made. */
  decided(decisions: number): void {
    this.#decided += decisions;
    if (this.#isInTime(performance.now())) this.#decidedInTime += decisions;
  }

  result(): Omit<LoadResult, 'cpuMicros'> {
    return {
      perSecond: this.#decidedInTime / this.#seconds,
      decisions: this.#decided,
      latency: this.#answered.latencies(),
      refused: this.#refusals(),
      answers: Object.fromEntries(this.#answers),
    };
  }

  #count(kind: string): void {
    this.#answers.set(kind, (this.#answers.get(kind) ?? 0) + 1);
  }

  #refusals(): Refusals | null {
    if (this.#refused.count === 0) return null;
    return { perSecond: this.#refusedInTime / this.#seconds, latency: this.#refused.latencies() };
  }

  #isInTime(now: number): boolean {
    return now >= this.startAt && now < this.endAt;
  }
}
