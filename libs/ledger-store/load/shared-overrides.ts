import type { JsonObject } from '#amounts';
import type { AccountKey, Authorization } from '#ledger';
import { isDeepStrictEqual } from 'node:util';
import { bytesOfOverrides } from './bytes-of.ts';

interface Shared {
  prices: readonly JsonObject[];
  users: number;
}

/**
 * Accounts' own prices that authorizations are priced by, each version once, however many authorizations it is for: decisions
 * parse prices once for as long as they stand in memory.
 */
export class SharedOverrides {
  private readonly shared = new Map<string, Shared>();
  #bytes = 0;

  /** What they take in memory, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  find(key: AccountKey, version: number): readonly JsonObject[] | null {
    return this.shared.get(nameOf(key, version))?.prices ?? null;
  }

  /** Gives an authorization the prices that others have already. @returns their version; `null` where it has none */
  use(authorization: Authorization): number | null {
    const { accountKey, pricing } = authorization;
    const overrides = pricing?.price?.overrides;
    if (!overrides) return null;
    const { version, prices } = overrides;
    const name = nameOf(accountKey, version);
    const known = this.shared.get(name);
    if (!known) {
      this.shared.set(name, { prices, users: 1 });
      this.#bytes += bytesOfOverrides(prices);
      return version;
    }
    known.users += 1;
    shareOverrides(authorization, known.prices);
    return version;
  }

  release(key: AccountKey, version: number): void {
    const name = nameOf(key, version);
    const known = this.shared.get(name);
    if (!known) return;
    known.users -= 1;
    if (known.users > 0) return;
    this.shared.delete(name);
    this.#bytes -= bytesOfOverrides(known.prices);
  }
}

/** Lets an authorization stand on a copy of its prices that others stand on too. */
export function shareOverrides(authorization: Authorization, known: readonly JsonObject[] | null): void {
  const { pricing } = authorization;
  if (!pricing?.price?.overrides) return;
  const { version, prices } = pricing.price.overrides;
  const shared = sharedOf(prices, known);
  if (shared === prices) return;
  authorization.pricing = { ...pricing, price: { ...pricing.price, overrides: { version, prices: shared } } };
}

/**
 * The copy that is known, where it says the same: it may be of a batch that will turn out to have failed, and then the same
 * version is another's.
 */
export function sharedOf(prices: readonly JsonObject[], known: readonly JsonObject[] | null): readonly JsonObject[] {
  return known !== null && isDeepStrictEqual(known, prices) ? known : prices;
}

function nameOf(key: AccountKey, version: number): string {
  return `${key}/${String(version)}`;
}
