import { uuidTail, type AccountKey } from './ids.ts';

const COUNTS_PER_MILLISECOND = 4096;

/**
 * Makes the ids of one account: strictly rising, close to the time, never twice the same.
 *
 * A stamp is a millisecond and a count. It is at least the present time and always later than the last one, borrowing
 * from the next millisecond when 4 096 ids have been made in one. The last stamp is kept in the account's row and moves
 * with every write to the account, so it is also the account's version.
 */
export class IdClock {
  private readonly tail: string;
  private millisecond: number;
  private count: number;

  constructor(key: AccountKey, lastStamp: bigint) {
    this.tail = uuidTail(key);
    this.millisecond = Number(lastStamp / BigInt(COUNTS_PER_MILLISECOND));
    this.count = Number(lastStamp % BigInt(COUNTS_PER_MILLISECOND));
  }

  get lastStamp(): bigint {
    return BigInt(this.millisecond) * BigInt(COUNTS_PER_MILLISECOND) + BigInt(this.count);
  }

  /** A new UUID, later than every one before it. `now` is in milliseconds since 1970. */
  next(now: number): string {
    this.tick(now);
    const time = this.millisecond.toString(16).padStart(12, '0');
    const count = this.count.toString(16).padStart(3, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${this.tail}`;
  }

  private tick(now: number): void {
    if (now > this.millisecond) {
      this.millisecond = now;
      this.count = 0;
    } else if (this.count + 1 < COUNTS_PER_MILLISECOND) {
      this.count += 1;
    } else {
      this.millisecond += 1;
      this.count = 0;
    }
  }
}
