import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';

const START = Date.parse('2026-01-01T00:00:00Z');

const account = (overdraftLimit = '0'): LedgerFixture =>
  ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit });

/** What was reported since the account was set up, without ids: how often and when a ledger was swept shows in none of it. */
function reported(ledger: LedgerFixture): unknown[] {
  return ledger
    .events()
    .filter(({ type }) => type !== 'grant.created')
    .map(({ type, occurredAt, data }) => [(occurredAt - START) / 1000, type, data]);
}

/** The figures of a grant's end, and the balance right after it. */
function figures(ledger: LedgerFixture): unknown[] {
  return reported(ledger).map((event) => {
    const [at, type, data] = event as [number, string, Record<string, unknown>];
    const { posted, held, available } = data['balance'] as Record<string, string>;
    const own = data['amount_expired'] ?? data['amount_voided'] ?? data['released'];
    return [at, type, own, data['remaining'], `${posted}/${held}/${available}`];
  });
}

describe('what time has done together is reported as each instant left it', () => {
  const setUp = (): LedgerFixture => {
    const ledger = account().setAlerts({ percent: [] });
    ledger.grant('100', { expiresIn: 600 }).grant('20', { category: 'promotional' });
    ledger.authorize('4', { holdSeconds: 1200 });
    ledger.authorize('6', { holdSeconds: 1800 });
    return ledger;
  };

  it('a grant that ends under holds, and what they let go of it later', () => {
    expect(figures(setUp().advance(3600).sweep())).toEqual([
      [600, 'grant.expired', '90', '10', '30/10/20'],
      [1200, 'grant.remainder_expired', '4', '6', '26/6/20'],
      [1200, 'authorization.expired', '4', undefined, '26/6/20'],
      [1800, 'grant.remainder_expired', '6', '0', '20/0/20'],
      [1800, 'authorization.expired', '6', undefined, '20/0/20'],
    ]);
  });

  it.each([
    ['a grant that ends under holds', setUp],
    [
      'holds that let go of an overdraft one after the other',
      () => {
        const ledger = account('50').grant('10', { expiresIn: 100 });
        for (const seconds of [60, 120, 180, 60]) ledger.authorize('12', { holdSeconds: seconds });
        return ledger;
      },
    ],
    [
      'a hold that lapses at the instant its grant expires',
      () => {
        const ledger = account().grant('10', { expiresIn: 60 });
        ledger.authorize('4', { holdSeconds: 60 });
        return ledger;
      },
    ],
    [
      'grants that come and go between',
      () => {
        const ledger = account().grant('10', { expiresIn: 90 }).grant('7', { effectiveIn: 30, expiresIn: 60 });
        ledger.grant('5', { effectiveIn: 90, expiresIn: 150, category: 'promotional' });
        ledger.authorize('3', { holdSeconds: 45 });
        ledger.authorize('2', { holdSeconds: 120 });
        return ledger;
      },
    ],
    [
      'a grant that was voided under a hold',
      () => {
        const ledger = account();
        const grant = ledger.createGrant('10', { expiresIn: 100 });
        ledger.authorize('4', { holdSeconds: 60 });
        ledger.voidGrant(grant);
        return ledger;
      },
    ],
  ])('the same whenever a sweep comes by: %s', (_, make) => {
    const prompt = make();
    for (let second = 0; second < 3600; second += 15) prompt.advance(15).sweep();
    const late = make().advance(3600).sweep();
    expect(reported(late)).toEqual(reported(prompt).map(withSameIds(reported(late))));
    expect(late.transfers().map(({ kind, amount, createdAt }) => [kind, amount, createdAt])).toEqual(
      prompt.transfers().map(({ kind, amount, createdAt }) => [kind, amount, createdAt]),
    );
  });
});

describe('what a grant that has ended loses later is in an event', () => {
  it('by a void', () => {
    const ledger = account().setAlerts({ percent: [] }).grant('10', { expiresIn: 60 });
    const hold = ledger.authorize('4', { holdSeconds: 600 });
    ledger.advance(100).void(hold);
    expect(figures(ledger)).toEqual([
      [60, 'grant.expired', '6', '4', '4/4/0'],
      [100, 'grant.remainder_expired', '4', '0', '0/0/0'],
      [100, 'balance.exhausted', undefined, undefined, '0/0/0'],
    ]);
  });

  it('by a commit of less than was held', () => {
    const ledger = account().setAlerts({ percent: [] }).grant('10', { expiresIn: 60 }).grant('1');
    const hold = ledger.authorize('4', { holdSeconds: 600 });
    ledger.advance(100).commit(hold, '1.5');
    expect(figures(ledger).at(-1)).toEqual([100, 'grant.remainder_expired', '2.5', '0', '1/0/1']);
  });

  it('by a refund to it', () => {
    const ledger = account().setAlerts({ percent: [] }).grant('10', { expiresIn: 60 }).grant('1');
    const charge = ledger.charge('4');
    ledger.advance(100).refund(charge, '3');
    expect(figures(ledger).at(-1)).toEqual([100, 'grant.remainder_expired', '3', '0', '1/0/1']);
  });

  it('by a hold on a grant that was voided in the meantime', () => {
    const ledger = account().setAlerts({ percent: [] });
    const grant = ledger.createGrant('10');
    const hold = ledger.authorize('4', { holdSeconds: 600 });
    ledger.voidGrant(grant);
    ledger.void(hold);
    expect(figures(ledger).slice(0, 2)).toEqual([
      [0, 'grant.voided', '6', '4', '4/4/0'],
      [0, 'grant.remainder_voided', '4', '0', '0/0/0'],
    ]);
  });

  it('so that a grant’s events add up to what became breakage of it', () => {
    const ledger = account().grant('10', { expiresIn: 60 });
    const charge = ledger.charge('1');
    const hold = ledger.authorize('4', { holdSeconds: 600 });
    ledger.authorize('2', { holdSeconds: 90 });
    ledger.advance(200).commit(hold, '1');
    ledger.refund(charge);
    const lost = figures(ledger).flatMap((one) => {
      const [, type, amount] = one as [number, string, string];
      return type === 'grant.expired' || type === 'grant.remainder_expired' ? [amount] : [];
    });
    expect(lost).toEqual(['3', '2', '3', '1']);
    expect(ledger.booked('breakage')).toEqual(lost);
  });
});

/** Ids are made of the time of the booking; everything else is compared. */
function withSameIds(others: readonly unknown[]): (event: unknown, at: number) => unknown {
  return (event, index) => {
    const [at, type, data] = event as [number, string, Record<string, unknown>];
    const [, , other] = (others[index] ?? []) as [number, string, Record<string, unknown>];
    const ids = Object.fromEntries(['grant', 'authorization'].flatMap((id) => (id in data ? [[id, other[id]]] : [])));
    return [at, type, { ...data, ...ids }];
  };
}
