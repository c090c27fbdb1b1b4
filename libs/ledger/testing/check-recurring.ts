import { type Amount, ZERO } from '#amounts';
import type { Grant } from '../grant.ts';
import type { RecurringGrant } from '../recurring.ts';
import { must } from './must.ts';

/** Checks the grants of periods of one account: each period is granted once, one after the other, and no more rolls over than may. */
export function checkRecurring(recurring: readonly RecurringGrant[], grants: readonly Grant[]): void {
  const ofPeriods = grants.filter(({ period }) => period);
  for (const [name, own] of Map.groupBy(ofPeriods, ({ period }) => period?.name ?? '')) {
    const periods = own.flatMap(({ period }) => (period?.from === null && period.periods > 0 ? period : []));
    const inOrder = periods.toSorted((a, b) => a.start - b.start);
    for (const [index, period] of inOrder.entries()) {
      const before = inOrder[index - 1];
      must(!before || before.end <= period.start, `no instant belongs to two periods of ${name}`);
      must(period.previous === null || period.previous === before?.start, `no period of ${name} is missing`);
    }
    const one = recurring.find((each) => each.name === name);
    if (one?.last?.grant)
      must(one.last.start === inOrder.at(-1)?.start, `the last period of ${name} is the last granted`);
    must(!one?.next || !one.last || one.last.end <= one.next.at, `a period of ${name} begins after the last one`);
    checkRolled(own);
  }
}

function checkRolled(grants: readonly Grant[]): void {
  const rolled = Map.groupBy(
    grants.filter(({ period }) => period?.from),
    ({ period }) => period?.from ?? '',
  );
  for (const [from, parts] of rolled) {
    const source = grants.find(({ id }) => id === from);
    must(source !== undefined && source.period?.from === null, 'what rolls over comes from a period');
    must(sum(parts).lte(source.amount), 'no more rolls over of a period than it brought');
    must(
      parts.every(({ repaid }) => repaid.isZero()),
      'what has rolled over repays no debt',
    );
  }
}

function sum(grants: readonly Grant[]): Amount {
  return grants.reduce((total, { amount }) => total.plus(amount), ZERO);
}
