/** A test clock that is ahead of real time, as a sweep finds it. */
export interface AdvancedClock {
  readonly environment: string;
  readonly number: number;
  readonly aheadMs: string;
  /** Another text whenever one of its accounts was written: each write moves the account's version. */
  readonly state: string;
}

interface Quiet extends AdvancedClock {
  /** When time alone does something to one of its accounts; milliseconds since 1970, by real time. */
  readonly until: number;
}

/**
 * Test clocks on whose accounts nothing is due before some instant, unless one of them is written. No index leads from a test
 * clock to what is due by it, so a sweep would look at each of its accounts, every second.
 */
export class QuietClocks {
  private readonly quiet = new Map<string, Quiet>();

  /** @param now milliseconds since 1970 */
  has(clock: AdvancedClock, now: number): boolean {
    const known = this.quiet.get(nameOf(clock));
    return known?.aheadMs === clock.aheadMs && known.state === clock.state && now < known.until;
  }

  /** @param until as {@link nextDue} found them, after the clocks were read as they are given */
  remember(clocks: readonly AdvancedClock[], until: ReadonlyMap<string, number>): void {
    for (const clock of clocks) {
      this.quiet.set(nameOf(clock), { ...clock, until: until.get(nameOf(clock)) ?? Number.POSITIVE_INFINITY });
    }
  }
}

export function nameOf({ environment, number }: Pick<AdvancedClock, 'environment' | 'number'>): string {
  return `${environment}/${String(number)}`;
}
