import type { AccountSet } from '../accounts.ts';

/** What a client does over and over. */
export type Work =
  | 'authorize'
  /** For one of a million users. */
  | 'authorize-user'
  | 'pair'
  /** The same by usage, which the service prices. */
  | 'pair-by-usage'
  | 'charge'
  /** 100 authorizations in one request. */
  | 'batch'
  /** 1 000 of them, as many as a request may carry. */
  | 'large-batch'
  /** Authorizes where all credits are held, which is declined. */
  | 'decline-held'
  /** Authorizes where there are no credits, which is declined. */
  | 'decline-empty'
  /** Commits an authorization that isn't there: 404. */
  | 'commit-unknown'
  /** Commits an authorization that was committed before, and another amount: 409. */
  | 'commit-again'
  /** Sends a request that was answered before, with the same key. */
  | 'replay'
  /** Commits a part of one hold that stays open. */
  | 'commit-part'
  | 'extend'
  | 'grant'
  /** Charges, and gives it back. */
  | 'refund';

/** Who asks, and whom. */
export interface Clients {
  /** Of one service, or of several that share a database. */
  readonly urls: readonly string[];
  /** Whether an account's requests all go to one of them, or to any. */
  readonly routed?: boolean;
  readonly adminKey: string;
  /** Each client has one connection of its own. */
  readonly connections: number;
}

/** When a client begins anew. */
export type Pace =
  /** As soon as it has been answered. */
  | 'closed'
  /** So many milliseconds after it has been answered. */
  | { readonly kind: 'unhurried'; readonly pauseMs: number }
  /** So many times a second over all clients, whatever the answers do. A late one is begun late, and its time counts from when it was due. */
  | { readonly kind: 'fixed'; readonly perSecond: number }
  /** Likewise, and more than the service can do. What finds no client free is left out, and to be refused is no error. */
  | { readonly kind: 'overload'; readonly perSecond: number };

export interface Load {
  readonly work: Work;
  readonly accounts: AccountSet;
  /** Which of its accounts is next: any, by chance, or each once. */
  readonly picks?: 'by-chance' | 'each-once';
  readonly seconds: number;
  readonly pace: Pace;
  /** Whether to be refused is no error. In a closed loop, a client that is refused waits a little and goes on. */
  readonly mayBeRefused?: boolean;
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
  /** How many requests were answered how: `201`, `402 credits_held`, `503 ledger_busy`; those a moment early or late too. */
  readonly answers: Readonly<Record<string, number>>;
  /** What the load generator itself used, in µs. */
  readonly cpuMicros: number;
}

/** Requests that were answered 503 with Retry-After. */
export interface Refusals {
  readonly perSecond: number;
  readonly latency: Latencies;
}
