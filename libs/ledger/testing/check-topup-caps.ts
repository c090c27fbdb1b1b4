import { Amount, ZERO } from '#amounts';
import type { Counter } from '../counters.ts';
import { isUnderWay, type Purchase } from '../purchases.ts';
import { must } from './must.ts';

/** Fails the spec unless the counters of an account's caps are what its rule has bought in their windows. */
export function checkTopupCaps(counters: readonly Counter[], purchases: readonly Purchase[]): void {
  for (const { kind, name, windowStart, windowEnd, used, reserved, open } of counters) {
    if (kind !== 'topup') continue;
    const own = purchases.filter(
      ({ automatic, createdAt }) =>
        automatic && windowStart <= createdAt && createdAt < (windowEnd ?? Number.POSITIVE_INFINITY),
    );
    const sum = (counted: readonly Purchase[]): Amount =>
      counted.reduce((total, { credits }) => total.plus(name === 'count' ? 1 : credits), ZERO);
    must(used.eq(sum(own.filter(({ succeededAt }) => succeededAt !== null))), 'a cap counts what was bought');
    must(reserved.eq(sum(own.filter(isUnderWay))), 'a cap counts what is under way');
    must(open || reserved.isZero(), 'a window in which something is under way is open');
  }
}
