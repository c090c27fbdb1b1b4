import { Amount, formatAmount, ZERO } from '#amounts';
import type { ChargebackSplit } from '#ledger-store';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chargeBack, type CentreUsage } from './charge-back.ts';
import { shareOut } from '../share-out.ts';

const NO_SPLIT: ChargebackSplit = {
  name: 'teams',
  by: 'tag.team',
  shared: [],
  method: 'even',
  percents: new Map(),
  markup: ZERO,
};

function usageOf(amounts: Record<string, string>): CentreUsage[] {
  return Object.entries(amounts).map(([value, amount]) => ({ value, amount: new Amount(amount) }));
}

function percentsOf(percents: Record<string, string>): ChargebackSplit['percents'] {
  return new Map(Object.entries(percents).map(([centre, percent]) => [centre, new Amount(percent)]));
}

/** Direct, shared, mark-up and total, by cost centre. */
function charged(split: Partial<ChargebackSplit>, amounts: Record<string, string>): Record<string, string> {
  const rows = chargeBack({ ...NO_SPLIT, ...split }, usageOf(amounts));
  return Object.fromEntries(
    rows.map(({ centre, ...row }) => [
      centre,
      [row.direct, row.shared, row.markup, row.total].map(formatAmount).join(' '),
    ]),
  );
}

const TEAMS = { search: '60', ads: '30', platform: '10', '(none)': '5' };

describe('usage that is charged to cost centres', () => {
  it('is their own where nothing is shared, and what nobody is named for isn’t allocated', () => {
    expect(charged({}, TEAMS)).toEqual({
      ads: '30 0 0 30',
      platform: '10 0 0 10',
      search: '60 0 0 60',
      '(unallocated)': '5 0 0 5',
    });
    expect(charged({}, {})).toEqual({ '(unallocated)': '0 0 0 0' });
  });

  it('is shared evenly, to the last digit: the last one takes the rest', () => {
    expect(charged({ shared: ['platform'] }, { a: '1', b: '1', c: '1', platform: '10' })).toEqual({
      a: '1 3.333333333333 0 4.333333333333',
      b: '1 3.333333333334 0 4.333333333334',
      c: '1 3.333333333333 0 4.333333333333',
      platform: '10 -10 0 0',
      '(unallocated)': '0 0 0 0',
    });
  });

  it('is shared in proportion to what each used itself; whoever got more back than it used bears nothing', () => {
    expect(charged({ shared: ['platform'], method: 'proportional' }, { ...TEAMS, back: '-1' })).toEqual({
      ads: '30 3.333333333333 0 33.333333333333',
      back: '-1 0 0 -1',
      platform: '10 -10 0 0',
      search: '60 6.666666666667 0 66.666666666667',
      '(unallocated)': '5 0 0 5',
    });
  });

  it('is shared by fixed percentages, also to who used nothing; what they leave isn’t allocated', () => {
    const split = {
      shared: ['platform'],
      method: 'fixed',
      percents: percentsOf({ search: '50', sales: '20' }),
    } as const;
    expect(charged(split, TEAMS)).toEqual({
      ads: '30 0 0 30',
      platform: '10 -10 0 0',
      sales: '0 2 0 2',
      search: '60 5 0 65',
      '(unallocated)': '5 3 0 8',
    });
  });

  it('isn’t allocated where nobody can bear it', () => {
    expect(charged({ shared: ['platform'], method: 'proportional' }, { platform: '10', gone: '0' })).toEqual({
      gone: '0 0 0 0',
      platform: '10 -10 0 0',
      '(unallocated)': '0 10 0 10',
    });
  });

  it('may share what nobody is named for, too', () => {
    expect(charged({ shared: ['(none)'] }, { a: '1', b: '2', '': '4', '(other)': '3' })).toEqual({
      a: '1 2 0 3',
      b: '2 2 0 4',
      '(unallocated)': '7 -4 0 3',
    });
  });

  it('is marked up where it is charged to somebody', () => {
    expect(charged({ shared: ['platform'], markup: new Amount('0.1') }, TEAMS)).toEqual({
      ads: '30 5 3.5 38.5',
      platform: '10 -10 0 0',
      search: '60 5 6.5 71.5',
      '(unallocated)': '5 0 0 5',
    });
  });

  const amounts = fc
    .integer({ min: -1_000_000_000, max: 1_000_000_000 })
    .map((units) => new Amount(units).div('1e7').toDecimalPlaces(12));
  const usages = fc.array(
    fc.record({ value: fc.constantFrom('a', 'b', 'c', 'd', '(none)', '(other)'), amount: amounts }),
    {
      maxLength: 12,
    },
  );
  const splits = fc.record({
    shared: fc.uniqueArray(fc.constantFrom('a', 'b', '(none)')),
    method: fc.constantFrom('even' as const, 'fixed' as const, 'proportional' as const),
    percents: fc.constantFrom({}, { a: '33.3', d: '33.4' }, { b: '0.000001', c: '99.999999' }).map(percentsOf),
    markup: fc.constantFrom(ZERO, new Amount('0.1'), new Amount('0.333333333333')),
  });

  it('adds up to what was used, whatever was used and however it is shared', () => {
    fc.assert(
      fc.property(usages, splits, (usage, split) => {
        const rows = chargeBack({ ...NO_SPLIT, ...split }, usage);
        const sum = (figure: (row: (typeof rows)[number]) => Amount): Amount =>
          rows.reduce((all, row) => all.plus(figure(row)), ZERO);
        const source = usage.reduce((all, { amount }) => all.plus(amount), ZERO);
        expect(sum(({ direct }) => direct).eq(source)).toBe(true);
        expect(sum(({ shared }) => shared).isZero()).toBe(true);
        expect(sum(({ total, markup }) => total.minus(markup)).eq(source)).toBe(true);
        expect(rows.every(({ total }) => total.decimalPlaces() <= 12)).toBe(true);
        expect(rows.at(-1)).toMatchObject({ centre: '(unallocated)', markup: ZERO });
      }),
    );
  });
});

describe('an amount that is shared out', () => {
  it('is shared alike where nothing weighs anything', () => {
    expect(shareOut(new Amount(1), [ZERO, ZERO, ZERO]).map(formatAmount)).toEqual([
      '0.333333333333',
      '0.333333333334',
      '0.333333333333',
    ]);
    expect(shareOut(new Amount(1), [])).toEqual([]);
  });
});
