import type { AccountSet } from '../accounts.ts';

/** What a client does over and over. */
export type Work = 'authorize' | 'pair' | 'batch' | 'charge';

/** Who asks, and whom. */
export interface Clients {
  /** Of one service, or of several that share a database. */
  readonly urls: readonly string[];
  readonly adminKey: string;
  /** Each client has one connection of its own. */
  readonly connections: number;
}

/** When a client begins anew. */
export type Pace =
  /** As soon as it has been answered. */
  | 'closed'
  /** So many times a second over all clients, whatever the answers do. A late one is begun late, and its time counts from when it was due. */
  | { readonly kind: 'fixed'; readonly perSecond: number }
  /** Likewise, and more than the service can do. What finds no client free is left out, and to be refused is no error. */
  | { readonly kind: 'overload'; readonly perSecond: number };

export interface Load {
  readonly work: Work;
  readonly accounts: AccountSet;
  readonly seconds: number;
  readonly pace: Pace;
}

/** In ms. */
export interface Latencies {
  readonly average: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface LoadResult {
  /** Decisions answered within the time, per second; a pair counts as one. */
  readonly perSecond: number;
  /** All decisions, those too that were answered a moment early or late. */
  readonly decisions: number;
  /** Of every request that was decided. */
  readonly latency: Latencies;
  /** `null`: nothing was refused. */
  readonly refused: Refusals | null;
  /** What the load generator itself used, in µs. */
  readonly cpuMicros: number;
}

/** Requests that were answered 503 with Retry-After. */
export interface Refusals {
  readonly perSecond: number;
  readonly latency: Latencies;
}
