const SECOND_MS = 1_000;

/** Grants so many lines in each second, and counts those that were not granted. */
export class LineBudget {
  private secondEndsAt = Number.NEGATIVE_INFINITY;
  private used = 0;
  private refused = 0;

  constructor(private readonly perSecond: number) {}

  /**
   * @param now milliseconds, from whatever beginning
   * @returns whether a line may be written, and how many could not be since this was last said
   */
  take(now: number): { readonly granted: boolean; readonly leftOut: number } {
    if (now >= this.secondEndsAt) {
      const leftOut = this.refused;
      this.secondEndsAt = now + SECOND_MS;
      this.used = 1;
      this.refused = 0;
      return { granted: true, leftOut };
    }
    const granted = this.used < this.perSecond;
    if (granted) this.used += 1;
    else this.refused += 1;
    return { granted, leftOut: 0 };
  }
}
