import { hash, randomUUID } from 'node:crypto';

/**
 * Ids are UUIDs in version 7's layout, shown as TypeIDs: `<prefix>_<26 characters of base32>`.
 *
 * The 62 bits that version 7 leaves to chance carry the key of the account that owns the object, so that an id alone
 * says which account to lock. What is left, a millisecond and a 12-bit counter, is taken from the account's own clock
 * under the account's lock (see {@link IdClock}): two ids of one account can't be equal, whichever process makes them.
 */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const DIGITS = new Map(Array.from(ALPHABET, (character, value) => [character, value]));
const ACCOUNT_KEY_BITS = (1n << 62n) - 1n;

export const ID_PREFIXES = {
  authorization: 'auth',
  grant: 'grant',
  transaction: 'txn',
  transfer: 'tr',
  account: 'acct',
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
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  let text = '';
  // 130 bits are written for 128: the first digit holds the top three, every other one five.
  for (let digit = 0; digit < 26; digit++) text += ALPHABET[fiveBitsAt(bytes, digit * 5 - 2)] ?? '';
  return `${ID_PREFIXES[kind]}_${text}`;
}

/** Reads a public id of a kind back into its UUID; `null` where the text is no such id. */
export function parsePublicId(kind: IdKind, text: string): string | null {
  const prefix = `${ID_PREFIXES[kind]}_`;
  if (!text.startsWith(prefix) || text.length !== prefix.length + 26) return null;
  const bytes = Buffer.alloc(16);
  for (let digit = 0; digit < 26; digit++) {
    const value = DIGITS.get(text.charAt(prefix.length + digit));
    if (value === undefined || (digit === 0 && value > 7)) return null;
    writeFiveBits(bytes, digit * 5 - 2, value);
  }
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function fiveBitsAt(bytes: Buffer, bit: number): number {
  let value = 0;
  for (let at = bit; at < bit + 5; at++) {
    value = (value << 1) | (at < 0 ? 0 : ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
  }
  return value;
}

function writeFiveBits(bytes: Buffer, bit: number, value: number): void {
  for (let offset = 0; offset < 5; offset++) {
    const at = bit + offset;
    if (at < 0 || ((value >> (4 - offset)) & 1) === 0) continue;
    bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (7 - (at & 7)));
  }
}

/** An id for an account whose maker gave none. */
export function newAccountId(): string {
  return publicId('account', randomUUID());
}
