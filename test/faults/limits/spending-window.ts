import { larger, smaller, type Units } from '../../model/units.ts';

/** What all accounts together have of a limit. */
export interface Total {
  taken: Units;
  authorized: Units;
}

/** What was used and is reserved under a limit, of one window. */
export class SpendingWindow {
  used = 0n;
  reserved = 0n;
  /** What went beyond the limit, by commits of more than was held. A refund takes it back first. */
  overrun = 0n;
  /** What commits took beyond their holds, whether the limit had room for it or not. A refund takes it back first. */
  private beyondHolds = 0n;

  constructor(
    readonly name: string,
    readonly limit: Units | null,
    private readonly total: Total = { taken: 0n, authorized: 0n },
  ) {}

  get taken(): Units {
    return this.used + this.reserved;
  }

  /** What requests were allowed. */
  get authorized(): Units {
    return this.taken - this.beyondHolds;
  }

  move({ used, reserved }: { readonly used: Units; readonly reserved: Units }): void {
    this.used += used;
    this.reserved += reserved;
    this.total.taken += used + reserved;
    this.total.authorized += used + reserved;
  }

  /** After a commit that has moved more than was held. */
  takeBeyondHold(amount: Units): void {
    this.beyondHolds += amount;
    this.total.authorized -= amount;
    if (this.limit !== null) this.overrun += smaller(amount, larger(this.taken - this.limit - this.overrun, 0n));
  }

  giveBack(amount: Units): void {
    const back = smaller(this.beyondHolds, amount);
    this.beyondHolds -= back;
    this.total.authorized += back;
    this.overrun -= smaller(this.overrun, amount);
  }
}
