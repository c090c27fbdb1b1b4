const COUNT_BITS = 12n;
const COUNTS = 1n << COUNT_BITS;

/** The version that an account's id has moved its row to: a millisecond and a count as one number, like `accounts.id_clock`. */
export function versionOf(id: string): bigint {
  return (BigInt(`0x${id.slice(0, 8)}${id.slice(9, 13)}`) << COUNT_BITS) | BigInt(`0x${id.slice(15, 18)}`);
}

/** A UUID that is later than every id of any account up to this version, and earlier than every later one. */
export function idAfter(version: bigint): string {
  const time = (version >> COUNT_BITS).toString(16).padStart(12, '0');
  const count = (version % COUNTS).toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-ffff-ffffffffffff`;
}

/** Whether both ids may be of one command: its ids follow each other without a gap. */
export function isNext(id: string, before: string): boolean {
  return versionOf(id) === versionOf(before) + 1n;
}
