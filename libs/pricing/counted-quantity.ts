import { hashedUuid } from './hashed-uuid.ts';
import type { Match } from './match.ts';
import type { CountedQuantity, Period } from './rate-card.ts';

/** The counter of a price's quantity. It depends on nothing else of the price: a new amount doesn't give a new allowance. */
export function countedQuantity(event: string, match: Match, quantity: string, period: Period): CountedQuantity {
  const conditions = match.map((condition) =>
    condition.kind === 'prefix'
      ? [condition.name, 'prefix', condition.prefix]
      : [condition.name, 'values', ...[...condition.values].sort()],
  );
  return { id: hashedUuid(JSON.stringify([event, conditions, quantity, period])), period };
}
