import type { AccountKey } from '#ledger';
import { accountsIn, type LockedBatch } from './locked-batches.ts';
import type { UnknownOutcome } from './run-locked.ts';
import { accountsOf, weightOf, type Waiting } from './waiting.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * What is to be decided under locks. While a batch is, and while it waits for batches in flight to end, its accounts are
 * reserved: nothing is decided ahead on them that would only conflict with it. All other accounts go on.
 */
export class LockQueue {
  private readonly waiting = new WorkQueue();
  /** Batches of an unknown outcome. Each is decided whole, in the order in which they were sent, before all else. */
  private readonly unknown: LockedBatch[] = [];
  private picked: LockedBatch | null = null;
  /** How many of the batches above each account is reserved for. */
  private readonly reserved = new Map<AccountKey, number>();
  /** What came for reserved accounts. */
  private behind: Waiting[] = [];

  get isEmpty(): boolean {
    return this.waiting.isEmpty && this.unknown.length === 0 && this.picked === null && this.behind.length === 0;
  }

  /** Whether a command has to wait behind a locked batch. */
  isReserved(one: Waiting): boolean {
    return this.reserved.size > 0 && accountsOf(one).some((account) => this.reserved.has(account));
  }

  push(one: Waiting): void {
    this.waiting.push(one);
  }

  pushBehind(one: Waiting): void {
    this.behind.push(one);
  }

  pushUnknown(batch: readonly Waiting[], unknown: UnknownOutcome): void {
    this.unknown.push({ batch, unknown });
    this.reserve(batch);
  }

  /**
   * What can be decided now.
   *
   * @param isInFlight whether an account is in a batch that hasn't ended
   * @param weightMax how many decisions at most; at least one command
   * @returns `null` where there is nothing, or not yet
   */
  next(isInFlight: (account: AccountKey) => boolean, weightMax: number): LockedBatch | null {
    this.picked ??= this.pick(weightMax);
    if (!this.picked || accountsIn(this.picked.batch).some(isInFlight)) return null;
    if (!this.picked.unknown) this.picked = { batch: this.withThoseBehind(this.picked.batch, weightMax) };
    return this.picked;
  }

  /** Called when what {@link next} gave has ended. @returns what has waited behind it */
  ended(): readonly Waiting[] {
    if (this.picked) this.release(this.picked.batch);
    this.picked = null;
    return this.takeBehind();
  }

  /** Takes everything that is neither being decided nor of an unknown outcome. */
  takeAll(): readonly Waiting[] {
    return [...this.waiting.takeAll(), ...this.takeBehind()];
  }

  private takeBehind(): readonly Waiting[] {
    const behind = this.behind;
    this.behind = [];
    return behind;
  }

  private pick(weightMax: number): LockedBatch | null {
    const unknown = this.unknown.shift();
    if (unknown) return unknown;
    if (this.waiting.isEmpty) return null;
    const batch = this.waiting.take(weightMax);
    this.reserve(batch);
    return { batch };
  }

  /** Those that need no other accounts are decided along with it, so that a busy account doesn't lose a turn. */
  private withThoseBehind(batch: readonly Waiting[], weightMax: number): readonly Waiting[] {
    const accounts = new Set(accountsIn(batch));
    const along: Waiting[] = [];
    let weight = weightOf(batch);
    this.behind = this.behind.filter((one) => {
      if (weight + one.queued.weight > weightMax || !accountsOf(one).every((account) => accounts.has(account)))
        return true;
      along.push(one);
      weight += one.queued.weight;
      return false;
    });
    this.reserve(along);
    return [...batch, ...along];
  }

  private reserve(batch: readonly Waiting[]): void {
    for (const account of accountsIn(batch)) this.reserved.set(account, (this.reserved.get(account) ?? 0) + 1);
  }

  private release(batch: readonly Waiting[]): void {
    for (const account of accountsIn(batch)) {
      const count = this.reserved.get(account) ?? 0;
      if (count > 1) this.reserved.set(account, count - 1);
      else this.reserved.delete(account);
    }
  }
}
