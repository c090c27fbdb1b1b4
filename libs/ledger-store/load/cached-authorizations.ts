import { accountKeyOf, hasLapsed, isOpen, type AccountKey, type Authorization, type Changes } from '#ledger';
import { bytesOf } from './bytes-of.ts';
import { SharedOverrides } from './shared-overrides.ts';

/** What the authorizations that are remembered may take in memory, roughly. */
const BYTES_MAX = 32 * 1024 * 1024;

interface Size {
  readonly bytes: number;
  /** The version of its account's own prices that it is priced by; `null` for none. */
  readonly overrides: number | null;
}

/** Authorizations of cached accounts, as decisions have left them. Where they take too much memory, the oldest go first. */
export class CachedAuthorizations {
  /** By id. Decisions change it in place. */
  readonly all = new Map<string, Authorization>();
  /** Those that were closed when they were read: their rows stand in another table. */
  readonly closed = new Set<string>();
  private readonly byAccount = new Map<AccountKey, Set<string>>();
  private readonly sizes = new Map<string, Size>();
  private readonly overrides = new SharedOverrides();
  /** Authorizations that are cached no more, and the last batch that may have changed them; see {@link isGone}. */
  private readonly gone = new Map<string, number>();
  private lastBatch = 0;
  private bytes = 0;

  *of(key: AccountKey): Iterable<Authorization> {
    for (const id of this.byAccount.get(key) ?? []) {
      const authorization = this.all.get(id);
      if (authorization) yield authorization;
    }
  }

  /**
   * Whether this authorization was closed, or dropped from the cache, by a batch behind the given one. What is read while
   * that batch is in flight doesn't say yet what it has left.
   */
  isGone(id: string, batch: number): boolean {
    return (this.gone.get(id) ?? 0) > batch;
  }

  /** Called when every batch up to this one has ended, and nobody still reads what was there before. */
  batchesEnded(batch: number): void {
    for (const [id, last] of this.gone) {
      if (last > batch) break;
      this.gone.delete(id);
    }
  }

  learn(authorization: Authorization): void {
    const { id } = authorization;
    const key = accountKeyOf(id);
    this.all.set(id, authorization);
    const ids = this.byAccount.get(key);
    if (ids) ids.add(id);
    else this.byAccount.set(key, new Set([id]));
    const size = { bytes: bytesOf(authorization), overrides: this.overrides.use(authorization) };
    this.sizes.set(id, size);
    this.bytes += size.bytes;
  }

  forget(id: string): void {
    const size = this.sizes.get(id);
    if (size === undefined) return;
    const key = accountKeyOf(id);
    const ids = this.byAccount.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.byAccount.delete(key);
    this.all.delete(id);
    this.closed.delete(id);
    this.sizes.delete(id);
    this.bytes -= size.bytes;
    if (size.overrides !== null) this.overrides.release(key, size.overrides);
  }

  forgetAllOf(key: AccountKey): void {
    for (const { id } of this.of(key)) this.forget(id);
  }

  /** @param now by the account's clock */
  forgetLapsed(key: AccountKey, now: number): void {
    for (const authorization of this.of(key)) if (hasLapsed(authorization, now)) this.forget(authorization.id);
  }

  /** Takes in what decisions of a batch have made, and lets go of what they have closed. */
  follow({ created, updated }: Changes['authorizations'], batch: number): void {
    this.lastBatch = batch;
    // The decisions have entered it already; it counts from here on.
    for (const authorization of created) {
      this.all.delete(authorization.id);
      if (isOpen(authorization)) this.learn(authorization);
    }
    for (const authorization of updated) {
      this.forget(authorization.id);
      if (isOpen(authorization)) this.learn(authorization);
      else this.noteGone(authorization.id);
    }
  }

  trim(): void {
    for (const id of this.sizes.keys()) {
      if (this.bytes + this.overrides.bytes <= BYTES_MAX) break;
      this.forget(id);
      this.noteGone(id);
    }
  }

  /** The account's own prices of a version that some authorization is priced by. */
  overridesOf(key: AccountKey, version: number) {
    return this.overrides.find(key, version);
  }

  private noteGone(id: string): void {
    this.gone.delete(id);
    this.gone.set(id, this.lastBatch);
  }
}
