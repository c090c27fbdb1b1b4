import type { AccountKey } from '#ledger';
import { createHash } from 'node:crypto';

/** What the first link of a chain is linked to. */
export const BEGINNING = Buffer.alloc(32);
/** The bytes of a row's digest that a link keeps of each row. */
export const MARK_BYTES = 4;

/** What a link covers: the rows of an account behind `after` and not behind `stamp`, both of them versions of the account. */
export interface LinkSpan {
  readonly account: AccountKey;
  readonly after: bigint;
  readonly stamp: bigint;
}

/** Where an account's chain stood when a month was closed. */
export interface Head {
  readonly account: AccountKey;
  readonly stamp: bigint;
  readonly hash: Buffer;
  /** Canonical JSON of what the account's transfers add up to until there. */
  readonly totals: string;
}

/**
 * The hash of a link: of the one before it, of which rows it covers, and of their digests.
 *
 * @param previous the hash of the link before
 * @param digest SHA-256 of the rows' digests, in the order of their ids
 */
export function linkHash(previous: Buffer, { account, after, stamp }: LinkSpan, digest: Buffer): Buffer {
  return sha256('purser link 1', previous, `${account} ${String(after)} ${String(stamp)}`, digest);
}

/** The hash of all accounts' heads, in the order of their keys. */
export class HeadsHash {
  private readonly hash = createHash('sha256').update('purser heads 1');

  add({ account, stamp, hash, totals }: Head): void {
    this.hash
      .update(`${account} ${String(stamp)} `)
      .update(hash)
      .update(sha256(totals));
  }

  digest(): Buffer {
    return this.hash.digest();
  }
}

/**
 * The hash of a closing: of the closing before it, the heads of all accounts, and what was sealed with it.
 *
 * @param sealed canonical JSON
 */
export function closingHash(previous: Buffer, heads: Buffer, sealed: string): Buffer {
  return sha256('purser closing 1', previous, heads, sealed);
}

function sha256(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
