/** Credits of one grant, as the reference keeps them. Times are hours, amounts are multiples of a power of two, so that numbers are exact. */
export interface Bucket {
  until: number;
  left: number;
  /** What holds have pinned. */
  held: number;
  frozenSince: number | null;
  /** Where what is left of it goes; `null` while it may be spent. */
  goes: Remains | null;
}

/** Lost to the customer, or given back to where they came from. */
type Remains = 'lost' | 'returned';

interface Hold {
  readonly expiresAt: number;
  readonly mayOwe: boolean;
  pins: { readonly bucket: Bucket; readonly amount: number }[];
  overdraft: number;
  hasLapsed: boolean;
}

export const NEVER = Number.POSITIVE_INFINITY;
const LATE_HOURS = 24;

/** The credits of one account, hour by hour, written down as one would explain them. */
export class ReferenceCredits {
  now = 0;
  debt = 0;
  readonly sums = { granted: 0, spent: 0, repaid: 0, lost: 0, returned: 0, refunded: 0 };
  readonly buckets: Bucket[] = [];
  protected closed: Remains | null = null;
  private readonly holds = new Map<number, Hold>();

  constructor(private readonly overdraftLimit: number) {}

  give(amount: number, hours: number | null): boolean {
    if (this.closed) return false;
    this.repayFrom(this.add(amount, hours));
    return true;
  }

  /** Takes back what is left of a grant. */
  void(nth: number): boolean {
    const bucket = this.buckets[nth];
    if (!bucket) return false;
    if (bucket.goes === 'returned') return true;
    if (bucket.goes === 'lost' || bucket.frozenSince !== null || freeOf(bucket) === 0) return false;
    bucket.goes = 'returned';
    this.leave(bucket, freeOf(bucket));
    return true;
  }

  hold(id: number, amount: number, { hours, mayOwe }: { readonly hours: number; readonly mayOwe: boolean }): boolean {
    if (this.closed || amount > this.available() + this.overdraftLimit) return false;
    const { parts, missing } = this.find(amount);
    for (const { bucket, amount: part } of parts) bucket.held += part;
    this.holds.set(id, { expiresAt: this.now + hours, mayOwe, pins: parts, overdraft: missing, hasLapsed: false });
    return true;
  }

  /** A commit within a hold can't fail; what goes beyond it takes what is available, and debt where the hold allows it. */
  commit(id: number, amount: number): boolean {
    const hold = this.holds.get(id);
    if (!hold || (hold.hasLapsed && this.now >= hold.expiresAt + LATE_HOURS)) return false;
    const limit = hold.mayOwe ? this.overdraftLimit : 0;
    const pinned = hold.pins.reduce((sum, one) => sum + one.amount, 0);
    const beyond = Math.max(0, amount - pinned - hold.overdraft);
    const charged = Math.min(beyond, Math.max(0, this.available() + limit));
    let left = Math.min(amount, pinned);
    for (const pin of hold.pins) {
      const part = Math.min(left, pin.amount);
      pin.bucket.held -= part;
      this.spend(pin.bucket, part);
      left -= part;
      this.letGo(pin.bucket, pin.amount - part);
    }
    // What was just let go of isn't there for the same commit: there is none where the hold didn't suffice.
    this.pay(Math.min(Math.max(0, amount - pinned), hold.overdraft) + charged);
    this.holds.delete(id);
    return true;
  }

  release(id: number): boolean {
    const hold = this.holds.get(id);
    if (!hold || hold.hasLapsed) return false;
    this.lapse(hold);
    this.holds.delete(id);
    return true;
  }

  charge(amount: number): boolean {
    if (this.closed || amount > this.available() + this.overdraftLimit) return false;
    this.pay(amount);
    return true;
  }

  close(remains: Remains): boolean {
    if (this.closed) return true;
    if (this.openHolds().length > 0) return false;
    this.closed = remains;
    for (const bucket of this.buckets) {
      if (bucket.left === 0) continue;
      this.unfreeze(bucket);
      bucket.goes ??= remains;
      this.leave(bucket, bucket.left);
    }
    return true;
  }

  posted(): number {
    const counting = ({ goes, left, held }: Bucket): number => (goes ? held : left);
    return this.buckets.reduce((sum, bucket) => sum + counting(bucket), 0) - this.debt;
  }

  held(): number {
    const overdraft = this.openHolds().reduce((sum, hold) => sum + hold.overdraft, 0);
    return this.buckets.reduce((sum, bucket) => sum + bucket.held + frozenOf(bucket), overdraft);
  }

  available(): number {
    return this.posted() - this.held();
  }

  pass(hours: number): void {
    for (let hour = 0; hour < hours; hour += 1) {
      this.now += 1;
      for (const hold of this.openHolds()) if (hold.expiresAt === this.now) this.lapse(hold);
      for (const bucket of this.buckets) {
        if (bucket.until !== this.now || bucket.goes || bucket.frozenSince !== null) continue;
        bucket.goes = 'lost';
        this.leave(bucket, freeOf(bucket));
      }
    }
  }

  protected add(amount: number, hours: number | null): Bucket {
    const until = hours === null ? NEVER : this.now + hours;
    const bucket: Bucket = { until, left: amount, held: 0, frozenSince: null, goes: null };
    this.buckets.push(bucket);
    this.sums.granted += amount;
    return bucket;
  }

  /** What was frozen may be spent for as much longer. */
  protected unfreeze(bucket: Bucket): void {
    if (bucket.frozenSince === null) return;
    bucket.until += this.now - bucket.frozenSince;
    bucket.frozenSince = null;
  }

  protected repayFrom(bucket: Bucket): void {
    const amount = Math.min(this.debt, freeOf(bucket));
    bucket.left -= amount;
    this.debt -= amount;
    this.sums.repaid += amount;
  }

  /** Credits that have come free of a grant that has ended leave it, and nothing stays in a closed account. */
  protected settle(bucket: Bucket, amount: number): void {
    bucket.goes ??= this.closed;
    if (bucket.goes) this.leave(bucket, amount);
  }

  private leave(bucket: Bucket, amount: number): void {
    bucket.left -= amount;
    this.sums[bucket.goes ?? 'lost'] += amount;
  }

  private letGo(bucket: Bucket, amount: number): void {
    bucket.held -= amount;
    this.settle(bucket, amount);
  }

  private lapse(hold: Hold): void {
    for (const { bucket, amount } of hold.pins) this.letGo(bucket, amount);
    hold.pins = [];
    hold.overdraft = 0;
    hold.hasLapsed = true;
  }

  private openHolds(): Hold[] {
    return [...this.holds.values()].filter(({ hasLapsed }) => !hasLapsed);
  }

  /** Spends what is free, and owes the rest. */
  private pay(amount: number): void {
    const { parts, missing } = this.find(amount);
    for (const { bucket, amount: part } of parts) this.spend(bucket, part);
    this.debt += missing;
    this.sums.spent += missing;
  }

  private spend(bucket: Bucket, amount: number): void {
    bucket.left -= amount;
    this.sums.spent += amount;
  }

  /** What ends sooner is spent first, then what was granted first. */
  private find(amount: number): { readonly parts: Hold['pins']; readonly missing: number } {
    const parts: Hold['pins'] = [];
    let missing = amount;
    for (const bucket of this.buckets.toSorted((a, b) => (a.until < b.until ? -1 : Number(a.until > b.until)))) {
      const part = bucket.goes || bucket.frozenSince !== null ? 0 : Math.min(missing, freeOf(bucket));
      if (part === 0) continue;
      parts.push({ bucket, amount: part });
      missing -= part;
    }
    return { parts, missing };
  }
}

/** Neither spent nor pinned. */
export function freeOf({ left, held }: Bucket): number {
  return left - held;
}

/** Of a frozen grant, everything that no hold has pinned. */
export function frozenOf(bucket: Bucket): number {
  return bucket.frozenSince === null ? 0 : freeOf(bucket);
}
