import { apiKeyStatus, type ApiKey, type MadeKey } from '#access';
import { publicId } from '#ledger';
import { limitTermsView } from '../limits/limit.view.ts';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

export function apiKeyView(apiKey: ApiKey) {
  return {
    id: publicId('key', apiKey.id),
    name: apiKey.name,
    environment: apiKey.environment,
    scopes: apiKey.scopes,
    prefix: apiKey.prefix,
    status: apiKeyStatus(apiKey, Date.now()),
    allowed_addresses: apiKey.allowedAddresses,
    account: apiKey.account,
    limit: apiKey.limit && limitTermsView(apiKey.limit),
    created_by: apiKey.createdBy === null ? null : publicId('key', apiKey.createdBy),
    created_at: timeView(apiKey.createdAt),
    expires_at: optionalTimeView(apiKey.expiresAt),
    revoked_at: optionalTimeView(apiKey.revokedAt),
    last_used_at: optionalTimeView(apiKey.lastUsedAt),
  };
}

/** The only answer that shows a key itself: to whoever has it made. */
export function madeKeyView({ apiKey, key }: MadeKey) {
  return { ...apiKeyView(apiKey), key };
}
