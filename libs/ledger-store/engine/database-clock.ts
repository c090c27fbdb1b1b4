/**
 * The database's clock, told between two readings of it by the time that has passed here since. It runs a little late,
 * by the way the last reading took, and never back.
 */
export class DatabaseClock {
  private ahead: number | null = null;
  private latest = 0;

  /** @param passed milliseconds that only rise, from whatever beginning */
  constructor(private readonly passed: () => number) {}

  /** Takes a reading, in milliseconds since 1970, that has just arrived. */
  set(reading: number): void {
    this.ahead = reading - this.passed();
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
