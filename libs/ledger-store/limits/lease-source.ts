import type { Amount } from '#amounts';
import type { AccountRef, Refilled, ShareWant, Window } from '#ledger';

/** A share that its account is asked to make smaller. */
export interface ShareToReturn {
  readonly account: AccountRef;
  readonly limit: string;
  readonly window: Window;
  /** The number of the last lease that is known. */
  readonly lease: number;
}

/** What the account's share is granted from now on, and the last lease that it took. */
export interface ReturnedShare {
  readonly granted: Amount;
  readonly lease: number;
}

/** Makes a share as small as what its account uses and reserves; durable when it resolves. */
export type ReturnShare = (share: ShareToReturn) => Promise<ReturnedShare>;

/** What an account of a command wants. */
export interface CommandWant extends ShareWant {
  /** Whether the command is over several accounts. */
  readonly isJoint: boolean;
}

/** Who leases to accounts what is left of limits. */
export interface LeaseSource {
  /**
   * Leases what shares are too small for; where a limit has too little left, what other accounts don't use is taken back first.
   *
   * @throws {LedgerUnavailable} where the database isn't there
   */
  refill(wants: readonly CommandWant[], returnShare: ReturnShare): Promise<Refilled>;
}
