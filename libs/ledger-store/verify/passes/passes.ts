import type { Pass } from '../pass.ts';
import { accounts } from './accounts.ts';
import { authorizations } from './authorizations.ts';
import { draws } from './draws.ts';
import { closings } from './closings.ts';
import { commitments } from './commitments.ts';
import { counters } from './counters.ts';
import { alerts, events } from './events.ts';
import { grants } from './grants.ts';
import { holds } from './holds.ts';
import { idempotencyKeys } from './idempotency-keys.ts';
import { limitShares, limitWindows } from './limits.ts';
import { partitions } from './partitions.ts';
import { plans } from './plans.ts';
import { prices } from './prices.ts';
import { purchases } from './purchases.ts';
import { raiseRequests } from './raise-requests.ts';
import { recurringGrants, rollovers } from './recurring-grants.ts';
import { refills } from './refills.ts';
import { topupCaps } from './topup-caps.ts';
import { transfers } from './transfers.ts';
import { usageRecords } from './usage-records.ts';

/** Every pass, from the entries of the books up to what is summed from them. */
export const PASSES: readonly Pass[] = [
  transfers,
  grants,
  holds,
  authorizations,
  draws,
  usageRecords,
  prices,
  counters,
  limitShares,
  limitWindows,
  commitments,
  recurringGrants,
  rollovers,
  plans,
  raiseRequests,
  refills,
  purchases,
  topupCaps,
  accounts,
  closings,
  events,
  alerts,
  idempotencyKeys,
  partitions,
];
