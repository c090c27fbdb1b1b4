/** How much faster one machine's clock may run than another's: a tenth of a millisecond per second. */
const DRIFT = 1e-4;

/**
 * The database's clock, told between two readings of it by the time that has passed here since. Every reading has been on
 * its way for a while, so what they tell is late: by no more than the one that came in fastest, some tenths of a
 * millisecond. It never runs ahead of the database's, unless one of the two was set or drifts; and never back.
 */
export class DatabaseClock {
  private ahead: number | null = null;
  private readAt = 0;
  private latest = 0;

  /** @param passed milliseconds that only rise, from whatever beginning */
  constructor(private readonly passed: () => number) {}

  /** Takes a reading, in milliseconds since 1970, that has just arrived. */
  set(reading: number): void {
    const passed = this.passed();
    const kept = this.ahead === null ? Number.NEGATIVE_INFINITY : this.ahead - (passed - this.readAt) * DRIFT;
    this.ahead = Math.max(kept, reading - passed);
    this.readAt = passed;
    this.latest = Math.max(this.latest, reading);
  }

  /** @returns whole milliseconds since 1970; `null` where there was no reading, or what was told of it proved wrong. */
  now(): number | null {
    if (this.ahead === null) return null;
    this.latest = Math.max(this.latest, Math.floor(this.passed() + this.ahead));
    return this.latest;
  }

  /** Somebody may have set the clock. */
  doubt(): void {
    this.ahead = null;
    this.latest = 0;
  }
}
