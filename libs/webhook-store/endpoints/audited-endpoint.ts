import type { JsonObject } from '#amounts';
import { publicId } from '#ledger';
import type { AuditedChange } from '#ledger-store';
import type { WebhookEndpoint } from './webhook-endpoint.ts';

/** A change of an endpoint as the audit log keeps it; its secrets stay out of it. */
export function auditedEndpoint(before: WebhookEndpoint | null, after: WebhookEndpoint): AuditedChange;
export function auditedEndpoint(before: WebhookEndpoint, after: null): AuditedChange;
export function auditedEndpoint(before: WebhookEndpoint | null, after: WebhookEndpoint | null): AuditedChange {
  const endpoint = after ?? before;
  if (!endpoint) throw new Error('nothing was changed');
  return {
    environment: endpoint.environment,
    object: publicId('endpoint', endpoint.id),
    before: before && auditView(before),
    after: after && auditView(after),
  };
}

function auditView(endpoint: WebhookEndpoint): JsonObject {
  const { url, types, account, description, enabled, disabledReason, previousSecretUntil } = endpoint;
  return {
    url,
    types: types && [...types],
    account,
    description,
    enabled,
    disabled_reason: disabledReason,
    previous_secret_until: previousSecretUntil === null ? null : new Date(previousSecretUntil).toISOString(),
  };
}
