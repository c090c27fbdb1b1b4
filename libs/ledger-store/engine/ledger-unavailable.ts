export type UnavailableReason = 'queue_full' | 'database_unavailable' | 'outcome_unknown' | 'stopping';

const MESSAGES: Record<UnavailableReason, string> = {
  queue_full: 'The ledger has as much work as it can take.',
  database_unavailable: 'The database did not take the work; nothing was changed.',
  outcome_unknown: 'The connection was lost while the work was being committed: it may or may not have been done.',
  stopping: 'The service is shutting down; nothing was changed.',
};

/** The engine could not answer. Only with `outcome_unknown` may something have changed; a retry with the same key is safe. */
export class LedgerUnavailable extends Error {
  constructor(
    readonly reason: UnavailableReason,
    options?: ErrorOptions,
  ) {
    super(MESSAGES[reason], options);
    this.name = 'LedgerUnavailable';
  }
}
