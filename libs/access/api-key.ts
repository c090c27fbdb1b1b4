import { hash, randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What a key may be used for: decisions about credits, looking at everything, or everything. */
export const SCOPES = ['authorize', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SHORT_ID_LENGTH = 8;
/** 43 digits of 62 carry 256 bits. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const FORM = /^(pur_([a-z][a-z0-9-]{0,31})_[0-9A-Za-z]{8})_[0-9A-Za-z]{49}$/;

export interface NewApiKey {
  /** The whole key, for its owner alone. */
  readonly key: string;
  /** Its beginning, up to the secret: people recognise keys by it. */
  readonly prefix: string;
}

/**
 * A new key: `pur_<environment>_<short id>_<secret><checksum>`. The secret is 256 bits of chance. The checksum, a CRC-32 of
 * all before it, lets scanners of repositories and logs find lost keys, and shows without a look-up that a key is mistyped.
 */
export function makeApiKey(environment: string): NewApiKey {
  const prefix = `pur_${environment}_${chance(SHORT_ID_LENGTH)}`;
  const body = `${prefix}_${chance(SECRET_LENGTH)}`;
  return { key: `${body}${checksumOf(body)}`, prefix };
}

/** Whether the text is a key as {@link makeApiKey} makes them, its checksum included. */
export function isWellFormedKey(text: string): boolean {
  return FORM.test(text) && checksumOf(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

/** What is kept of a key. Keys are long and random, so one fast hash is enough; there is nothing to guess from. */
export function hashApiKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

export function isSameHash(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function chance(length: number): string {
  return Array.from({ length }, () => DIGITS[randomInt(DIGITS.length)]).join('');
}

function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let at = 0; at < CHECKSUM_LENGTH; at += 1) {
    digits = `${DIGITS[rest % DIGITS.length] ?? ''}${digits}`;
    rest = Math.floor(rest / DIGITS.length);
  }
  return digits;
}
