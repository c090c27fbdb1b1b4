import type { EngineObserver } from '#ledger-store';
import type { RequestWatcher } from '../requests/finished-requests.ts';

/** Sends spans of what has happened to a collector. */
export interface Tracing extends EngineObserver, RequestWatcher {
  /** Sends what is left, within seconds. */
  stop(): Promise<void>;
}
