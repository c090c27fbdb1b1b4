import type { Authorization, Lapsed, LapsedHold, LapsedReservation, LapsedShare } from '../authorization.ts';

/** What holds let go when they lapse. */
export function lapsedOf(authorizations: readonly Authorization[]): Lapsed {
  return {
    shares: authorizations.flatMap(sharesOf),
    reservations: authorizations.flatMap(lapsedReservations),
    holds: authorizations.map(lapsedHold),
    isPart: false,
  };
}

function lapsedHold({ accountKey, id, held, createdAt, expiresAt }: Authorization): LapsedHold {
  return { accountKey, authorizationId: id, held, createdAt, at: expiresAt ?? Number.NaN };
}

/** What one hold lets go when it lapses. */
function sharesOf({ accountKey, allocations, overdraftHeld, expiresAt }: Authorization): LapsedShare[] {
  const at = expiresAt ?? Number.NaN;
  const ofGrants = allocations.map(({ grantId, amount }) => ({ accountKey, grantId, amount, at }));
  return [...ofGrants.toReversed(), { accountKey, grantId: null, amount: overdraftHeld, at }];
}

function lapsedReservations({ accountKey, reservations }: Authorization): LapsedReservation[] {
  return reservations.map(({ counter, windowStart, amount }) => ({ accountKey, counter, windowStart, amount }));
}
