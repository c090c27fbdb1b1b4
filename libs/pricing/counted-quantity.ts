import { hash } from 'node:crypto';
import type { Match } from './match.ts';
import type { CountedQuantity, Period } from './rate-card.ts';

/** The counter of a price's quantity. It depends on nothing else of the price: a new amount doesn't give a new allowance. */
export function countedQuantity(event: string, match: Match, quantity: string, period: Period): CountedQuantity {
  const conditions = match.map((condition) =>
    condition.kind === 'prefix'
      ? [condition.name, 'prefix', condition.prefix]
      : [condition.name, 'values', ...[...condition.values].sort()],
  );
  const digest = hash('sha256', JSON.stringify([event, conditions, quantity, period]), 'hex');
  return { id: uuidOf(digest), period };
}

/** A UUID of version 8, which leaves its digits to us. */
function uuidOf(digest: string): string {
  const third = `8${digest.slice(13, 16)}`;
  const fourth = `8${digest.slice(17, 20)}`;
  return [digest.slice(0, 8), digest.slice(8, 12), third, fourth, digest.slice(20, 32)].join('-');
}
