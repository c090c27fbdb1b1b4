import type { JsonObject } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { pricedLedgerAt, RATE_CARD, type PricedFixture } from '../testing/priced-fixture.ts';
import type { AccountOptions } from '../testing/fixture-options.ts';
import { refusalOf } from '../testing/refused.ts';

const CHAT = { event: 'chat.completed', model: 'known-1' };
const INPUT = { quantity: 'input_tokens', per: '1000', amount: '1' };
const PRICES: readonly JsonObject[] = [{ event: 'chat.completed', match: { model: 'known*' }, components: [INPUT] }];
const COUNTED: readonly JsonObject[] = [
  {
    event: 'chat.completed',
    components: [
      {
        quantity: 'input_tokens',
        per: '1000',
        pricing: 'graduated',
        counted: 'month',
        tiers: [{ up_to: '1000', amount: '1' }, { amount: '2' }],
      },
    ],
  },
];
const usage = (tokens: number) => ({ ...CHAT, input_tokens: tokens });

function ledgerWith(prices = PRICES, options: AccountOptions = {}): PricedFixture {
  return pricedLedgerAt('2026-01-10T00:00:00Z')
    .publish(prices)
    .account('acme', { rateCard: RATE_CARD, ...options })
    .grant('10');
}

/** The count at the end of an id's time. */
const countOf = (id: string | undefined): number => parseInt(id?.slice(15, 18) ?? '', 16);

describe('an adjustment', () => {
  it('has ids that follow each other for what it books and what it was for, whatever is reported of it', () => {
    const ledger = ledgerWith().subscribeToCommits();
    const charge = ledger.chargeUsage(usage(4000));
    ledger.adjust(charge, usage(5000));
    const booked = ledger.transfers('usage').at(-1);
    const stated = ledger.usageRecords().at(-1);
    expect(countOf(stated?.id)).toBe(countOf(booked?.id) + 1);
  });

  it('books what more was used, and refunds what was less', () => {
    const ledger = ledgerWith();
    const charge = ledger.chargeUsage(usage(4000));
    expect(ledger.adjust(charge, usage(5000))).toMatchObject({ committed: '5', refunded: '0' });
    expect(ledger.adjust(charge, usage(2000), { reason: 'As billed.' })).toMatchObject({
      committed: '5',
      refunded: '3',
    });
    expect(ledger.transfers('refund')).toMatchObject([{ amount: '1', reason: 'As billed.' }, { amount: '2' }]);
    expect([ledger.available(), ledger.usageRecords().map(({ kind, amount }) => [kind, amount])]).toEqual([
      '8',
      [
        ['charge', '4'],
        ['adjustment', '5'],
        ['adjustment', '2'],
      ],
    ]);
  });

  it('states everything anew: said again it changes nothing', () => {
    const ledger = ledgerWith();
    const charge = ledger.chargeUsage(usage(4000));
    ledger.adjust(charge, usage(1000));
    expect(ledger.adjust(charge, usage(1000))).toMatchObject({ committed: '4', refunded: '3' });
    expect(ledger.adjust(charge, usage(4000))).toMatchObject({ committed: '7', refunded: '3' });
    expect(ledger.available()).toBe('6');
  });

  it('by an amount needs no price', () => {
    const ledger = pricedLedgerAt('2026-01-10T00:00:00Z').account('acme').grant('10');
    const charge = ledger.charge('4');
    expect(ledger.adjust(charge, [], { amount: '2.5' })).toMatchObject({ committed: '4', refunded: '1.5' });
    expect(refusalOf(() => ledger.adjust(charge, usage(1))).code).toBe('no_rate_card');
  });

  it('takes off first what was never collected', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorizeUsage(usage(1000));
    ledger.commitUsage(hold, usage(14000));
    expect(ledger.find(hold)).toMatchObject({ committed: '10', uncollected: '4' });
    expect(ledger.adjust(hold, usage(11000))).toMatchObject({ committed: '10', uncollected: '1', refunded: '0' });
    expect(ledger.adjust(hold, usage(8000))).toMatchObject({ committed: '10', uncollected: '0', refunded: '2' });
    expect(ledger.uncollected()).toEqual(['4', '-3', '-1']);
  });

  it('leaves a row only where something is not collected', () => {
    const ledger = ledgerWith();
    ledger.adjust(ledger.chargeUsage(usage(4000)), usage(5000));
    expect(ledger.uncollected()).toEqual([]);
  });

  it('refunds no more than is left of the charge, and leaves a refund of goodwill where it is', () => {
    const ledger = ledgerWith();
    const charge = ledger.chargeUsage(usage(4000));
    ledger.refund(charge, '3');
    expect(ledger.adjust(charge, usage(2000))).toMatchObject({ committed: '4', refunded: '4' });
    // Of the 2 that it went down, 1 wasn't given back: that comes first when it goes up. What is paid is 5 less the goodwill of 3.
    expect(ledger.adjust(charge, usage(5000))).toMatchObject({ committed: '6', refunded: '4' });
    expect(ledger.available()).toBe('8');
  });

  it('that goes up is charged as the overage policy says, and never refused', () => {
    const up = (options: AccountOptions) => {
      const ledger = ledgerWith(PRICES, options);
      return ledger.adjust(ledger.chargeUsage(usage(4000)), usage(15000));
    };
    expect(up({ overage: 'cap' })).toMatchObject({ committed: '10', uncollected: '5' });
    expect(up({ overage: 'reject' })).toMatchObject({ committed: '10', uncollected: '5' });
    expect(up({ overage: 'debt', overdraftLimit: '3' })).toMatchObject({
      committed: '13',
      uncollected: '2',
      debtDrawn: '3',
    });
  });

  it('is priced by what the authorization was priced by, and from where its month stood', () => {
    const ledger = ledgerWith(COUNTED);
    const first = ledger.chargeUsage(usage(900));
    const second = ledger.chargeUsage(usage(1000));
    ledger.publish([{ event: 'chat.completed', components: [{ ...INPUT, amount: '9' }] }]);
    // From 900 on: 100 at 1 and 100 at 2.
    expect(ledger.adjust(second, usage(200))).toMatchObject({ committed: '1.9', refunded: '1.6' });
    expect(ledger.adjust(first, usage(0))).toMatchObject({ committed: '0.9', refunded: '0.9' });
    ledger.publish(COUNTED);
    expect(ledger.chargeUsage(usage(800)).committed).toBe('0.8');
  });

  it('down and up again is priced from where the month stood at first, though others have used that since', () => {
    const ledger = ledgerWith(COUNTED);
    const first = ledger.chargeUsage(usage(1000));
    ledger.adjust(first, usage(0));
    const second = ledger.chargeUsage(usage(1000));
    expect(ledger.adjust(first, usage(1000))).toMatchObject({ committed: '2', refunded: '1' });
    expect(second.committed).toBe('1');
    // The counter has all of it: whoever comes next pays for its place.
    expect(ledger.chargeUsage(usage(1000)).committed).toBe('2');
  });

  it('that moves the month back may make an open hold too small: its commit is priced from where the month stands', () => {
    const tiers = [{ up_to: '10', amount: '0.5' }, { amount: '0.1' }];
    const falling = { quantity: 'input_tokens', pricing: 'graduated', counted: 'month', tiers };
    const ledger = ledgerWith([{ event: 'chat.completed', components: [falling] }]);
    const charge = ledger.chargeUsage(usage(10));
    const hold = ledger.authorizeUsage(usage(10));
    expect([charge.committed, hold.amount]).toEqual(['5', '1']);
    ledger.adjust(charge, usage(0));
    expect(ledger.commitUsage(hold, usage(10))).toMatchObject({ committed: '5', uncollected: '0' });
  });

  it('leaves the commit what it was: sent again, it is known', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorizeUsage(usage(4000));
    ledger.inOneTransaction(() => {
      ledger.commitUsage(hold, usage(3000));
      const { stated } = ledger.adjust(hold, usage(2000));
      expect(stated.map((one) => one.usage)).toEqual([usage(2000)]);
      expect(ledger.commitUsage(hold, usage(3000))).toMatchObject({ committed: '3', refunded: '1' });
    });
    expect(refusalOf(() => ledger.commitUsage(hold, usage(2000))).code).toBe('authorization_committed');
  });

  it('is refused while the hold is open, and of what was voided or has expired', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorizeUsage(usage(1000));
    expect(refusalOf(() => ledger.adjust(hold, usage(1))).code).toBe('authorization_open');
    ledger.void(hold);
    expect(refusalOf(() => ledger.adjust(hold, usage(1))).code).toBe('authorization_voided');
    const expired = ledger.authorizeUsage(usage(1000));
    ledger.advance(901);
    expect(refusalOf(() => ledger.adjust(expired, usage(1))).code).toBe('authorization_expired');
  });

  it('of usage that had no price is taken by an amount only', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorizeUsage(usage(1000));
    ledger.commitUsage(hold, { event: 'chat.completed', model: 'other', input_tokens: 1 });
    expect(refusalOf(() => ledger.adjust(hold, usage(1))).code).toBe('adjusted_after_unpriced');
    const other = ledger.chargeUsage(usage(1));
    expect(refusalOf(() => ledger.adjust(other, { event: 'none', input_tokens: 1 })).code).toBe('unpriced_usage');
    expect(ledger.adjust(hold, usage(1), { amount: '0.25' })).toMatchObject({
      refunded: '0.75',
      pricing: { settlement: 'unpriced' },
    });
  });
});
