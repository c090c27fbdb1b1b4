const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * Which of so many processes a balancer sends an account's requests to, by a hash of its id: FNV-1a, and Murmur's last steps,
 * since ids that differ only in their last digit would else take turns.
 */
export function processOf(account: string, processes: number): number {
  let hash = OFFSET_BASIS;
  for (let index = 0; index < account.length; index += 1) {
    hash = Math.imul(hash ^ account.charCodeAt(index), PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % processes;
}
