import { hash, randomUUID } from 'node:crypto';

/**
 * Ids are UUIDs in version 7's layout, shown as TypeIDs: `<prefix>_<26 characters of base32>`.
 *
 * The 62 bits that version 7 leaves to chance carry the key of the account that owns the object, so that an id alone
 * says which account to lock. What is left, a millisecond and a 12-bit counter, goes on from the account's version under the
 * account's lock (see {@link IdGenerator}): two ids of one account can't be equal, whichever process makes them.
 */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** All pairs of digits, by their ten bits. */
const PAIRS = Array.from(ALPHABET, (first) => Array.from(ALPHABET, (second) => first + second)).flat();
/** Digits' five bits by character code; −1 for what is no digit. */
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => ALPHABET.indexOf(String.fromCharCode(code)));
const HEX_DIGITS = Int8Array.from({ length: 128 }, (_, code) => '0123456789abcdef'.indexOf(String.fromCharCode(code)));
const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** A UUID has 48 bits for its time. */
const TIME_MAX = 2 ** 48 - 1;
const ACCOUNT_KEY_BITS = (1n << 62n) - 1n;

export const ID_PREFIXES = {
  authorization: 'auth',
  grant: 'grant',
  transaction: 'txn',
  transfer: 'tr',
  account: 'acct',
  key: 'key',
  audit: 'aud',
  event: 'evt',
  endpoint: 'whe',
  rateCard: 'rate',
  creditPackage: 'package',
  limit: 'lim',
  budget: 'bud',
  raiseRequest: 'raise',
  purchase: 'purchase',
  topup: 'top',
  refund: 'refund',
  plan: 'plan',
  anomaly: 'anomaly',
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

/** The internal key of an account: 62 bits of SHA-256 over its environment and id, in decimal. */
export type AccountKey = string;

/** Finds an account's key without a look-up. `\0` can't occur in either part, so no two pairs read alike. */
export function accountKey(environment: string, id: string): AccountKey {
  const digest = hash('sha256', `${environment}\0${id}`, 'hex');
  return (BigInt(`0x${digest.slice(0, 16)}`) & ACCOUNT_KEY_BITS).toString();
}

/** The key of the account that owns the object with this UUID. */
export function accountKeyOf(uuid: string): AccountKey {
  return (BigInt(`0x${uuid.slice(19, 23)}${uuid.slice(24)}`) & ACCOUNT_KEY_BITS).toString();
}

/** The part of a UUID that is the same for everything one account owns. */
export function uuidTail(key: AccountKey): string {
  const hex = (BigInt(key) | (2n << 62n)).toString(16).padStart(16, '0');
  return `${hex.slice(0, 4)}-${hex.slice(4)}`;
}

/** Shows a UUID as the public id of its kind. */
export function publicId(kind: IdKind, uuid: string): string {
  let text = '';
  // 130 bits are written for 128: the first digit holds the top three, every other one five.
  let bits = 0;
  let count = 2;
  for (let at = 0; at < uuid.length; at++) {
    const digit = HEX_DIGITS[uuid.charCodeAt(at)] ?? -1;
    if (digit < 0) continue;
    bits = (bits << 4) | digit;
    count += 4;
    if (count < 10) continue;
    count -= 10;
    text += PAIRS[bits >> count] ?? '';
    bits &= (1 << count) - 1;
  }
  return `${ID_PREFIXES[kind]}_${text}`;
}

/** What the public ids of a kind look like, as a regular expression. */
export function idPattern(kind: IdKind): string {
  return `^${ID_PREFIXES[kind]}_[0-7][${ALPHABET}]{25}$`;
}

/** Reads a public id of a kind back into its UUID; `null` where the text is no such id. */
export function parsePublicId(kind: IdKind, text: string): string | null {
  const prefix = `${ID_PREFIXES[kind]}_`;
  if (!text.startsWith(prefix) || text.length !== prefix.length + 26) return null;
  let hex = '';
  let bits = 0;
  let count = -2;
  for (let at = prefix.length; at < text.length; at++) {
    const digit = DIGITS[text.charCodeAt(at)] ?? -1;
    if (digit < 0 || (at === prefix.length && digit > 7)) return null;
    bits = (bits << 5) | digit;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    hex += HEX_BYTES[bits >> count] ?? '';
    bits &= (1 << count) - 1;
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** An id for what no account owns: a UUID of version 7, from a time in milliseconds and chance. */
export function newUuid(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  const chance = randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance.slice(15)}`;
}

/**
 * The same for what an account or an environment owns, and nobody locks to make it. A thousandth part of a second has 4 096
 * of them, so two may be equal: write it where that shows.
 */
export function newOwnedUuid(now: number, owner: AccountKey): string {
  return `${newUuid(now).slice(0, 18)}-${uuidTail(owner)}`;
}

/** When what a UUID names was made, in milliseconds since 1970 and real time, whatever a test clock shows. */
export function timeOfUuid(uuid: string): number {
  return parseInt(`${uuid.slice(0, 8)}${uuid.slice(9, 13)}`, 16);
}

/** The least UUID that can have been made at this time or later: those of earlier times come before it. */
export function leastUuidAt(now: number): string {
  const time = Math.min(Math.max(Math.ceil(now), 0), TIME_MAX)
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

/** An id for an account whose maker gave none. */
export function newAccountId(): string {
  return publicId('account', randomUUID());
}
