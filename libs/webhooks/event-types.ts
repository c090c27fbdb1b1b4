import { LEDGER_EVENT_TYPES, LIMIT_EVENT_TYPES, type LedgerEventType, type LimitEventType } from '#ledger';

/** What is told of endpoints, to the operator: no account owns these events. */
export interface EndpointEvents {
  /** An endpoint has only failed for half, or nine tenths, of the five days after which it is disabled. */
  'webhook_endpoint.failing': EndpointTold & { readonly percent: 50 | 90; readonly failing_since: string };
  /** Nothing is sent to it until somebody enables it again. */
  'webhook_endpoint.disabled': EndpointTold & { readonly reason: 'gone' | 'failing' };
  /** Was asked for, to try an endpoint. It goes to that endpoint alone, whatever that hears of. */
  'webhook_endpoint.test': { readonly endpoint: string };
}
export type EndpointEventType = keyof EndpointEvents;

/** What is told of an environment's months: no account owns these events either. */
export interface PeriodEvents {
  'period.closed': {
    readonly period: string;
    readonly version: number;
    readonly hash: string;
    readonly time_zone: string;
    readonly from: string;
    readonly to: string;
    readonly closed_at: string;
    readonly accounts: number;
    readonly totals: Readonly<Record<string, unknown>>;
  };
}
export type PeriodEventType = keyof PeriodEvents;
const PERIOD_EVENT_TYPES: readonly PeriodEventType[] = ['period.closed'];

interface EndpointTold {
  readonly endpoint: string;
  readonly url: string;
  /** Whose it is; `null` for the operator's own. */
  readonly account: string | null;
}

const EACH: { readonly [T in EndpointEventType]: true } = {
  'webhook_endpoint.failing': true,
  'webhook_endpoint.disabled': true,
  'webhook_endpoint.test': true,
};
const ENDPOINT_EVENT_TYPES = Object.keys(EACH) as readonly EndpointEventType[];

/** Everything there is to hear of. */
export type EventType = LedgerEventType | LimitEventType | EndpointEventType | PeriodEventType;
export const EVENT_TYPES: readonly EventType[] = [
  ...LEDGER_EVENT_TYPES,
  ...LIMIT_EVENT_TYPES,
  ...ENDPOINT_EVENT_TYPES,
  ...PERIOD_EVENT_TYPES,
];
/** Those that only endpoints receive which name them: a busy service has thousands a second. */
export const TYPES_BY_NAME_ONLY: readonly EventType[] = ['authorization.committed'];
