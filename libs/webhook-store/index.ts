export { attemptDelivery, type Attempted, type AttemptOptions } from './deliveries/attempt-delivery.ts';
export {
  deleteOldDeliveries,
  DELIVERY_STATUSES,
  type Delivery,
  type DeliveryStatus,
} from './deliveries/delivery-rows.ts';
export { dueDeliveries } from './deliveries/due-deliveries.ts';
export { outboxAge } from './deliveries/outbox-age.ts';
export { relayEvents } from './deliveries/relay-events.ts';
export type { RedeliveredSince } from './deliveries/redeliver.ts';
export { DISABLED_REASONS } from './endpoints/webhook-endpoint.ts';
export type { EndpointChanges, EndpointTerms, WebhookEndpoint } from './endpoints/webhook-endpoint.ts';
export {
  WebhookEndpoints,
  type EndpointsOptions,
  type MadeEndpoint,
  type WebhookRefusal,
} from './endpoints/webhook-endpoints.ts';
export { keptSecretsKey } from './secrets/kept-secrets-key.ts';
export { resealSecrets } from './secrets/reseal-secrets.ts';
export { SecretBox } from './secrets/secret-box.ts';
export { resolveHost, type ResolveHost } from './sending/resolve-host.ts';
export { WebhookSender, type SenderOptions } from './sending/webhook-sender.ts';
