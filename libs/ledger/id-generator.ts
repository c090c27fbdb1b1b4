import { uuidTail, type AccountKey } from './ids.ts';

const COUNTS_PER_MILLISECOND = 4096;

/**
 * Makes the ids of one account: strictly rising, close to the time, never the same twice.
 *
 * An id begins with a millisecond and a count. These are at least the present time and always later than the last ones; where
 * 4 096 ids were made in one millisecond, the next is taken from the following one. The two together are kept in the account's
 * row and move with every write to the account, so they are also the account's version.
 */
export class IdGenerator {
  private readonly tail: string;
  private millisecond: number;
  private count: number;

  constructor(key: AccountKey, version: bigint) {
    this.tail = uuidTail(key);
    this.millisecond = Number(version / BigInt(COUNTS_PER_MILLISECOND));
    this.count = Number(version % BigInt(COUNTS_PER_MILLISECOND));
  }

  /** The millisecond and the count of the last id, as one number. */
  get version(): bigint {
    return BigInt(this.millisecond) * BigInt(COUNTS_PER_MILLISECOND) + BigInt(this.count);
  }

  /** A new UUID, later than every one before it. `now` is in milliseconds since 1970. */
  next(now: number): string {
    this.advance(now);
    const time = this.millisecond.toString(16).padStart(12, '0');
    const count = this.count.toString(16).padStart(3, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${this.tail}`;
  }

  private advance(now: number): void {
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
