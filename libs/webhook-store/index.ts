export { deliverWebhooksChore, type SendingOptions } from './deliveries/deliver-webhooks.chore.ts';
export { DELIVERY_STATUSES, type Delivery, type DeliveryStatus } from './deliveries/delivery-rows.ts';
export { relayEventsChore } from './deliveries/relay-events.chore.ts';
export type { RedeliveredSince } from './deliveries/redeliver.ts';
export { followCommitSubscriptions } from './endpoints/commit-subscriptions.ts';
export { wakeOverdueChore } from './deliveries/wake-overdue.chore.ts';
export { DISABLED_REASONS } from './endpoints/webhook-endpoint.ts';
export type { EndpointChanges, EndpointTerms, WebhookEndpoint } from './endpoints/webhook-endpoint.ts';
export {
  WebhookEndpoints,
  type EndpointsOptions,
  type MadeEndpoint,
  type WebhookRefusal,
} from './endpoints/webhook-endpoints.ts';
export { maintainWebhooksChore } from './maintenance/maintain-webhooks.chore.ts';
export { keptSecretsKey } from './secrets/kept-secrets-key.ts';
export { SecretBox } from './secrets/secret-box.ts';
export { resolveHost, type ResolveHost } from './sending/resolve-host.ts';
export { WebhookSender, type SenderOptions } from './sending/webhook-sender.ts';
