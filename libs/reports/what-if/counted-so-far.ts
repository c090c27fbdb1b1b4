import { type Amount, ZERO } from '#amounts';
import { windowOf } from '#calendar';
import type { Count, CountedQuantity, Positions } from '#pricing';

/** Of one counter: the window that was used last, and how much of it. */
interface Window {
  readonly start: number;
  readonly used: Amount;
}

/**
 * Counters of the accounts that usage is priced again for. Each begins at zero with the range and, like those of the ledger, with every
 * day or month of the account's calendar. One window of each is kept, because requests come in the order in which they were made.
 */
export class CountedSoFar {
  readonly #byAccount = new Map<string, Map<string, Window>>();

  positionsOf(account: string, timeZone: string, at: number): Positions {
    return { used: (counter) => this.windowAt(account, timeZone, at, counter).used, reserved: () => ZERO };
  }

  add(account: string, timeZone: string, at: number, counts: readonly Count[]): void {
    for (const { counter, count } of counts) {
      if (count.isZero()) continue;
      const { start, used } = this.windowAt(account, timeZone, at, counter);
      const windows = this.#byAccount.get(account) ?? new Map<string, Window>();
      this.#byAccount.set(account, windows.set(counter.id, { start, used: used.plus(count) }));
    }
  }

  private windowAt(account: string, timeZone: string, at: number, { id, period }: CountedQuantity): Window {
    const { start } = windowOf(period, timeZone, at);
    const last = this.#byAccount.get(account)?.get(id);
    return last?.start === start ? last : { start, used: ZERO };
  }
}
