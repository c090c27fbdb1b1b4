/** Credits of one grant, as the reference keeps them. Times are hours, amounts are multiples of a power of two, so that numbers are exact. */
interface Bucket {
  readonly from: number;
  readonly until: number;
  left: number;
  held: number;
  /** What happens to the rest; `null` of what has rolled over before. */
  readonly rollover: Rollover | null;
  readonly isRolled: boolean;
  ended: boolean;
}

export interface Rollover {
  readonly max: number;
  readonly percent: number;
}

interface Hold {
  readonly expiresAt: number;
  readonly pins: { readonly bucket: Bucket; readonly amount: number }[];
}

const DAY = 24;
const NEVER = Number.POSITIVE_INFINITY;

/** A daily allowance, hour by hour, written down as one would explain it. */
export class ReferenceRecurring {
  now = 0;
  granted = 0;
  lost = 0;
  private readonly buckets: Bucket[] = [];
  private readonly holds = new Map<number, Hold>();
  private terms: { readonly amount: number; readonly rollover: Rollover | null } | null = null;
  private isPaused = false;
  /** When the next period may begin; the last one ends then. */
  private nextAt = 0;

  put(amount: number, rollover: Rollover | null): void {
    if (!this.terms) {
      this.isPaused = false;
      // One that was deleted begins when the last period is over, or now.
      this.nextAt = Math.max(this.nextAt, this.now);
    }
    this.terms = { amount, rollover };
    this.grant();
  }

  delete(): void {
    this.terms = null;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    while (this.nextAt < this.now) this.nextAt += DAY;
    this.grant();
  }

  hold(id: number, amount: number, hours: number): boolean {
    if (amount > this.available()) return false;
    const pins = this.take(amount, (bucket, part) => (bucket.held += part));
    this.holds.set(id, { expiresAt: this.now + hours, pins });
    return true;
  }

  charge(amount: number): boolean {
    if (amount > this.available()) return false;
    this.take(amount, (bucket, part) => (bucket.left -= part));
    return true;
  }

  release(id: number): boolean {
    const hold = this.holds.get(id);
    if (!hold) return false;
    this.holds.delete(id);
    for (const { bucket, amount } of hold.pins) {
      bucket.held -= amount;
      if (bucket.ended) this.end(bucket, amount);
    }
    return true;
  }

  available(): number {
    return this.buckets.reduce((sum, { left, held, ended }) => sum + (ended ? 0 : left - held), 0);
  }

  pass(hours: number): void {
    for (let hour = 0; hour < hours; hour += 1) {
      this.now += 1;
      const ending = this.buckets.filter(({ until, ended }) => !ended && until === this.now);
      for (const [id, { expiresAt }] of this.holds) if (expiresAt === this.now) this.release(id);
      for (const bucket of ending) {
        bucket.ended = true;
        this.end(bucket, bucket.left - bucket.held);
      }
      this.grant();
    }
  }

  private grant(): void {
    if (!this.terms || this.isPaused || this.nextAt !== this.now) return;
    const { amount, rollover } = this.terms;
    const until = this.now + DAY;
    this.buckets.push({ from: this.now, until, left: amount, held: 0, rollover, isRolled: false, ended: false });
    this.granted += amount;
    this.nextAt = until;
  }

  /** Credits leave a bucket whose period is over. */
  private end(bucket: Bucket, amount: number): void {
    bucket.left -= amount;
    const part = bucket.rollover ? Math.min((amount * bucket.rollover.percent) / 100, bucket.rollover.max) : 0;
    let excess = Math.max(0, this.rolledNow() + part - (bucket.rollover?.max ?? NEVER));
    for (const one of this.buckets.filter(({ isRolled }) => isRolled)) {
      const trimmed = part > 0 ? Math.min(excess, one.left - one.held) : 0;
      one.left -= trimmed;
      excess -= trimmed;
      this.lost += trimmed;
    }
    const moved = Math.max(0, part - excess);
    this.lost += amount - moved;
    if (moved === 0) return;
    const none = { rollover: null, isRolled: true, ended: false };
    this.buckets.push({ from: this.now, until: NEVER, left: moved, held: 0, ...none });
  }

  private rolledNow(): number {
    return this.buckets.reduce((sum, { left, isRolled }) => sum + (isRolled ? left : 0), 0);
  }

  /** The allowance first, because it ends sooner; then what has rolled over, the oldest first. */
  private take(amount: number, from: (bucket: Bucket, part: number) => void): Hold['pins'] {
    const pins: Hold['pins'] = [];
    let missing = amount;
    for (const bucket of this.buckets.toSorted((a, b) => (a.until === b.until ? a.from - b.from : a.until - b.until))) {
      const part = Math.min(missing, bucket.ended ? 0 : bucket.left - bucket.held);
      if (part === 0) continue;
      from(bucket, part);
      missing -= part;
      pins.push({ bucket, amount: part });
    }
    return pins;
  }
}
