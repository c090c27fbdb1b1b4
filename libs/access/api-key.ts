import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Who a request comes from. */
export interface Caller {
  readonly environment: string;
  /** The key's name, for logs; never the key. */
  readonly key: string;
}

/** A new key: 256 bits of chance behind the name of its environment. */
export function makeApiKey(environment: string): string {
  return `pur_${environment}_${randomBytes(32).toString('base64url')}`;
}

/** What is kept of a key. Keys are long and random, so one fast hash is enough; there is nothing to guess from. */
export function hashApiKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

export function isSameHash(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
