import type { ApiKey } from './api-keys.ts';
import { isWithin } from './network.ts';

/** What a new key could do that the key by which it is made can't. */
export type WiderKey = 'api_key_expires_later' | 'api_key_addresses_wider';

type Bounds = Pick<ApiKey, 'expiresAt' | 'allowedAddresses'>;

/** Whether a key would outlast its maker, or be let in from elsewhere: a bound key would be bound to nothing then. */
export function widerThan(maker: Bounds, wanted: Bounds): WiderKey | null {
  if (maker.expiresAt !== null && (wanted.expiresAt ?? Number.POSITIVE_INFINITY) > maker.expiresAt)
    return 'api_key_expires_later';
  if (maker.allowedAddresses.length === 0) return null;
  const isBound = wanted.allowedAddresses.length > 0;
  const isInside = wanted.allowedAddresses.every((network) => isWithin(network, maker.allowedAddresses));
  return isBound && isInside ? null : 'api_key_addresses_wider';
}
