import type { EventType } from '#webhooks';

/** Why an endpoint is disabled: by a request, by its own answer 410, or because it only failed for days. */
export const DISABLED_REASONS = ['request', 'gone', 'failing'] as const;

/** Where events are sent to. Its secrets stay in the store. Times are milliseconds since 1970. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly environment: string;
  readonly url: string;
  /** The types of events that it receives; `null`: all. */
  readonly types: readonly EventType[] | null;
  /** Whose events it receives; `null`: those of all accounts. */
  readonly account: string | null;
  readonly description: string | null;
  readonly enabled: boolean;
  /** `null` where it is enabled. */
  readonly disabledReason: (typeof DISABLED_REASONS)[number] | null;
  /** The first failure after the last success. */
  readonly failingSince: number | null;
  /** Until then the secret before the present one signs as well. */
  readonly previousSecretUntil: number | null;
  readonly createdAt: number;
}

export interface EndpointTerms {
  readonly url: string;
  readonly types: readonly EventType[] | null;
  readonly account: string | null;
  readonly description: string | null;
}

export interface EndpointChanges {
  readonly url?: string;
  readonly types?: readonly EventType[] | null;
  readonly description?: string | null;
  readonly enabled?: boolean;
}
