import type { AccountRow } from '../tables/accounts.ts';
import type { ClosedAuthorizationRow } from '../tables/authorizations.ts';
import type { EventRow } from '../tables/events.ts';
import type { GrantRow } from '../tables/grants.ts';
import type { HoldRow } from '../tables/holds.ts';
import type { TransferRow } from '../tables/transfers.ts';

/** The tables that lists are read from. */
export interface LedgerTables {
  accounts: AccountRow;
  grants: GrantRow;
  holds: HoldRow;
  authorizations: ClosedAuthorizationRow;
  transfers: TransferRow;
  events: EventRow;
}
