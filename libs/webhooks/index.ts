export { isPublicAddress } from './address-rules.ts';
export { failingNotice, FAILING_MS_MAX, type FailingNotice } from './endpoint-health.ts';
export {
  EVENT_TYPES,
  TYPES_BY_NAME_ONLY,
  type EndpointEvents,
  type EndpointEventType,
  type EventType,
  type PeriodEvents,
  type PeriodEventType,
} from './event-types.ts';
export { webhookPayload } from './payload.ts';
export { nextAttemptIn, parseRetryAfter, RETRY_DELAYS_MS } from './retry-schedule.ts';
export { signedHeaders, type SignedMessage } from './signing.ts';
export { isLoopback, webhookUrlFault, type UrlRules } from './url-rules.ts';
