import { ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import { loadedGrant } from './context.ts';
import { freeReserved } from './count.ts';
import type { Transaction } from './transaction.ts';

/** Lets go of everything an authorization still pins, last pinned first, and of the quantities that it has reserved. */
export function releaseRest(books: Transaction, authorization: Authorization): void {
  books.unpinOverdraft(authorization.overdraftHeld);
  for (const { grantId, amount } of authorization.allocations.toReversed()) {
    books.unpin(loadedGrant(books.context, grantId), amount);
  }
  freeReserved(books.context, books.account, authorization);
  authorization.allocations = [];
  authorization.overdraftHeld = ZERO;
  authorization.held = ZERO;
  books.context.changes.authorizations.update(authorization);
}
