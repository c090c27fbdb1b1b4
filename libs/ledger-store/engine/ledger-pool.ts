import { connect, type Pool } from '#database';

const SESSION_SETTINGS = {
  role: 'purser_app',
  // Statements are sent behind a "begin" without waiting for it. Should it fail alone, as when somebody cancels just that
  // statement, each of them would be a transaction of its own: then it must change nothing. See BEGIN.
  default_transaction_read_only: 'on',
  // Keyed look-ups and nothing else: a plan made while the tables were small must not scan them when they have grown.
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  plan_cache_mode: 'force_generic_plan',
  jit: 'off',
  // No process of ours keeps an account's lock for longer than a batch takes, some milliseconds, unless it has stopped. While
  // a batch waits it keeps others from the accounts that it has locked, so it doesn't wait for long.
  lock_timeout: '250ms',
  statement_timeout: '10s',
  idle_in_transaction_session_timeout: '5s',
};

/** Begins a transaction that may write; outside of one nothing may, on these connections. */
export const BEGIN = 'begin read write';

/** Longer than any statement may take: whoever says nothing for so long is gone. */
const ANSWER_TIMEOUT_MS = 15_000;

/** One for the batches in flight, one for locked batches, one to read what isn't cached. */
export const LANE_CONNECTIONS = 3;

/** The connections on which the ledger is written. They pipeline, so use them inside transactions only. */
export function ledgerPool(databaseUrl: string, connectionsMax: number, log: (line: string) => void): Pool {
  return connect(databaseUrl, {
    connectionsMax,
    pipeline: true,
    settings: SESSION_SETTINGS,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
    log,
  });
}
