import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';

const START = '2026-01-01T00:00:00Z';
const DAY = 24 * 60 * 60;

const opened = (): LedgerFixture => ledgerAt(START).account('acme');

/** The percentages of the alerts sent so far, all of each. */
function sent(ledger: LedgerFixture): unknown[] {
  return ledger.events('balance.threshold_reached').map(({ data }) => 'crossed' in data && data.crossed);
}

describe('percentages of the last fill', () => {
  it('are sent when they are reached, not before and not again', () => {
    const ledger = opened().grant('100');
    ledger.charge('49.999999999999');
    expect(sent(ledger)).toEqual([]);
    ledger.charge('0.000000000001');
    expect(sent(ledger)).toEqual([[50]]);
    ledger.charge('1');
    expect(sent(ledger)).toEqual([[50]]);
  });

  it('reached by one write are sent by one event: the highest, with all of them and the numbers', () => {
    const ledger = opened().grant('200');
    ledger.charge('185');
    expect(ledger.events('balance.threshold_reached')).toMatchObject([
      {
        data: {
          account: 'acme',
          sequence: 2,
          percent: 90,
          crossed: [50, 75, 90],
          used_percent: '92.5',
          basis: '200',
          epoch: 1,
          balance: { posted: '15', held: '0', available: '15', unit: 'credits' },
        },
      },
    ]);
  });

  it('count what is committed, not what is held', () => {
    const ledger = opened().grant('100');
    const hold = ledger.authorize('80');
    expect(sent(ledger)).toEqual([]);
    ledger.commit(hold, '60');
    expect(sent(ledger)).toEqual([[50]]);
  });

  it('are sent once per epoch, also where a refund comes between', () => {
    const ledger = opened().grant('100');
    const charge = ledger.charge('60');
    ledger.refund(charge);
    ledger.charge('70');
    expect(sent(ledger)).toEqual([[50]]);
  });

  it('are armed anew by a fill, of what is posted then', () => {
    const ledger = opened().grant('100');
    ledger.charge('60');
    ledger.grant('60', { category: 'included' });
    ledger.charge('49');
    expect(sent(ledger)).toEqual([[50]]);
    ledger.charge('1');
    expect(sent(ledger)).toEqual([[50], [50]]);
    expect(ledger.events('balance.threshold_reached').at(-1)).toMatchObject({ data: { basis: '100', epoch: 2 } });
  });

  it('are not sent by a hold, though new rules say that they have been reached', () => {
    const ledger = opened().grant('100');
    ledger.charge('40');
    ledger.setAlerts({ percent: [30] });
    ledger.authorize('10');
    expect(sent(ledger)).toEqual([]);
    ledger.charge('1');
    expect(sent(ledger)).toEqual([[30]]);
  });

  it('count from what refunds have brought back, where that is more than the last fill left', () => {
    const ledger = opened().grant('100');
    const charge = ledger.charge('60');
    ledger.grant('10');
    ledger.refund(charge);
    ledger.charge('54');
    expect(sent(ledger)).toEqual([[50]]);
    ledger.charge('1');
    expect(ledger.events('balance.threshold_reached').at(-1)).toMatchObject({
      data: { percent: 50, used_percent: '50', basis: '110', epoch: 2 },
    });
  });

  it('aren’t armed by a promotional grant, which only adds to the basis', () => {
    const ledger = opened().grant('100');
    ledger.charge('60');
    ledger.grant('20', { category: 'promotional' });
    ledger.charge('29');
    expect(sent(ledger)).toEqual([[50]]);
    ledger.charge('1');
    expect(sent(ledger)).toEqual([[50], [75]]);
    expect(ledger.events('balance.threshold_reached').at(-1)).toMatchObject({ data: { basis: '120', epoch: 1 } });
  });

  it('can be crossed by an expiry, as of its instant', () => {
    const ledger = opened().grant('60', { expiresIn: DAY }).grant('40');
    ledger.advance(2 * DAY).sweep();
    const [event] = ledger.events('balance.threshold_reached');
    expect(event).toMatchObject({ occurredAt: Date.parse(START) + DAY * 1000, data: { crossed: [50] } });
  });

  it('aren’t crossed by the expiry of a grant whose place another takes at the same instant', () => {
    const ledger = opened().grant('100', { expiresIn: DAY, category: 'included' });
    ledger.createGrant('100', { effectiveIn: DAY, category: 'included' });
    ledger.advance(2 * DAY).sweep();
    expect(sent(ledger)).toEqual([]);
    ledger.charge('50');
    expect(ledger.events('balance.threshold_reached')).toMatchObject([{ data: { basis: '100', epoch: 2 } }]);
  });

  it('start anew when a grant comes into effect, whoever notices it first', () => {
    const ledger = opened().grant('100');
    ledger.charge('50');
    ledger.createGrant('50', { effectiveIn: 60 });
    ledger.advance(60);
    ledger.charge('50');
    expect(ledger.events('balance.threshold_reached')).toMatchObject([
      { data: { epoch: 1 } },
      { data: { epoch: 2, basis: '100', crossed: [50] } },
    ]);
  });

  it('start anew also with a grant that had repaid debt with all it had, and was refunded before its time', () => {
    const ledger = ledgerAt(START)
      .account('acme', { overdraftLimit: '100' })
      .setAlerts({ percent: [50], remaining: ['30'] });
    const charge = ledger.charge('60');
    ledger.createGrant('60', { effectiveIn: 60 });
    ledger.refund(charge);
    ledger.advance(60).sweep();
    ledger.charge('30');
    expect(ledger.events('balance.threshold_reached')).toMatchObject([{ data: { epoch: 1, basis: '60' } }]);
    expect(ledger.events('balance.low')).toHaveLength(1);
  });

  it('may go beyond a hundred, where the account may be overdrawn', () => {
    const ledger = ledgerAt(START)
      .account('acme', { overdraftLimit: '100' })
      .setAlerts({ percent: [100, 150] });
    ledger.grant('100').charge('150');
    expect(sent(ledger)).toEqual([[100, 150]]);
  });

  it('are the account’s own, or else its environment’s', () => {
    const ledger = opened().setDefaultAlerts([20]).grant('100');
    ledger.charge('20');
    expect(sent(ledger)).toEqual([[20]]);
    ledger.setAlerts({ percent: [30] }).charge('10');
    expect(sent(ledger)).toEqual([[20], [30]]);
    ledger.setAlerts({ percent: [] }).charge('10');
    expect(sent(ledger)).toEqual([[20], [30]]);
    ledger.setDefaultAlerts([50]).setAlerts({}).charge('10');
    expect(sent(ledger)).toEqual([[20], [30], [50]]);
  });

  it('aren’t sent by a command that is refused', () => {
    const ledger = opened().grant('100');
    expect(() => ledger.charge('101')).toThrow('insufficient_credits');
    expect(ledger.events()).toHaveLength(1);
  });
});

describe('levels', () => {
  const levels = (ledger: LedgerFixture): unknown[] =>
    ledger.events('balance.low').map(({ data }) => 'level' in data && [data.level, data.crossed]);

  it('are sent when the balance falls to them, and again after it rose above', () => {
    const ledger = opened()
      .setAlerts({ remaining: ['10', '50'] })
      .grant('100');
    ledger.charge('50');
    expect(levels(ledger)).toEqual([['50', ['50']]]);
    ledger.charge('20');
    expect(levels(ledger)).toHaveLength(1);
    ledger.grant('30').charge('20');
    expect(levels(ledger)).toHaveLength(2);
    ledger.charge('35');
    expect(levels(ledger).at(-1)).toEqual(['10', ['10']]);
  });

  it('are sent again after the balance rose, whatever the levels were while it did', () => {
    const ledger = opened()
      .setAlerts({ remaining: ['50'] })
      .grant('100');
    ledger.charge('60');
    ledger.setAlerts({ remaining: [] }).grant('60');
    ledger.setAlerts({ remaining: ['50'] }).charge('60');
    expect(levels(ledger)).toEqual([
      ['50', ['50']],
      ['50', ['50']],
    ]);
  });

  it('reached by one write are sent by one event', () => {
    const ledger = opened()
      .setAlerts({ remaining: ['10', '50'] })
      .grant('100');
    ledger.charge('95');
    expect(levels(ledger)).toEqual([['10', ['10', '50']]]);
  });

  it('are sent again after a rise that came while others held', () => {
    const ledger = opened()
      .setAlerts({ remaining: ['50'] })
      .grant('100');
    ledger.charge('60');
    ledger.setAlerts({ remaining: [] }).grant('60');
    ledger.setAlerts({ remaining: ['50'] }).charge('60');
    expect(levels(ledger)).toEqual([
      ['50', ['50']],
      ['50', ['50']],
    ]);
  });
});

describe('an empty account', () => {
  it('is said to be exhausted, and replenished by the next fill', () => {
    const ledger = opened().grant('10');
    ledger.charge('10');
    ledger.grant('5', { category: 'promotional' }).grant('20');
    const types = ledger.events().map(({ type }) => type);
    expect(types).toEqual([
      'grant.created',
      'balance.threshold_reached',
      'balance.exhausted',
      'grant.created',
      'grant.created',
      'balance.replenished',
    ]);
  });
});

describe('the forecast', () => {
  it('says for how long the rest lasts at the last hour’s rate', () => {
    const ledger = opened().grant('1000');
    ledger.charge('300');
    ledger.advance(2 * 60 * 60);
    ledger.charge('100');
    ledger.advance(30 * 60);
    ledger.charge('100');
    expect(ledger.events('balance.threshold_reached')).toMatchObject([
      { data: { forecast: { used_last_hour: '200', hours_left: '2.5' } } },
    ]);
  });
});

describe('what time has done', () => {
  it('is reported at its instants, in their order, numbered without a gap', () => {
    const ledger = opened().grant('10', { expiresIn: 3 * DAY });
    ledger.authorize('4', { holdSeconds: DAY });
    ledger.advance(4 * DAY).sweep();
    expect(ledger.events().map(({ type, sequence }) => [sequence, type])).toEqual([
      [1, 'grant.created'],
      [2, 'authorization.expired'],
      [3, 'grant.expired'],
      [4, 'balance.threshold_reached'],
      [5, 'balance.exhausted'],
    ]);
    expect(ledger.events('grant.expired')).toMatchObject([{ data: { amount_expired: '10' } }]);
    ledger.sweep();
    expect(ledger.events()).toHaveLength(5);
  });

  it('is reported with the balance as each instant left it', () => {
    const ledger = ledgerAt(START).account('acme', { overdraftLimit: '5' }).grant('10', { expiresIn: 90 });
    ledger.authorize('4', { holdSeconds: 60 });
    ledger.authorize('8', { holdSeconds: 120 });
    ledger.authorize('1', { holdSeconds: 600 });
    ledger.advance(300).sweep();
    const balances = ledger.events().map(({ type, data: { balance } }) => [type, balance.posted, balance.held]);
    expect(balances.slice(1)).toEqual([
      ['authorization.expired', '10', '9'],
      // What the second hold has pinned stays until it expires too.
      ['grant.expired', '6', '9'],
      ['grant.remainder_expired', '0', '1'],
      ['authorization.expired', '0', '1'],
      ['balance.threshold_reached', '0', '1'],
      ['balance.exhausted', '0', '1'],
    ]);
  });

  it('is reported of a grant all of which was held by what had expired before', () => {
    const ledger = opened().grant('10', { expiresIn: 3 * DAY });
    ledger.authorize('10', { holdSeconds: DAY });
    ledger.advance(4 * DAY).sweep();
    expect(ledger.events('grant.expired')).toMatchObject([{ data: { amount_expired: '10' } }]);
  });

  it('is reported once of a grant that expires while all of it is held', () => {
    const ledger = opened().grant('10', { expiresIn: 60 });
    const hold = ledger.authorize('10', { holdSeconds: 600 });
    ledger.advance(90).sweep();
    ledger.commit(hold, '3');
    ledger.sweep();
    expect(ledger.events('grant.expired')).toMatchObject([{ data: { amount_expired: '0' } }]);
  });
});

describe('what was declined', () => {
  it('is reported once when its minute has passed, also by two sweeps in one transaction', () => {
    const ledger = opened().grant('1');
    expect(() => ledger.charge('2')).toThrow('insufficient_credits');
    ledger.sweepWith([]);
    expect(ledger.events('authorization.declined')).toEqual([]);
    ledger.advance(120).inOneTransaction(() => ledger.sweepWith([]).sweepWith([]));
    ledger.sweepWith([]);
    expect(ledger.events('authorization.declined')).toMatchObject([{ data: { requests: 1 } }]);
  });
});

describe('what was declined of a batch', () => {
  it('is each item that was declined, and no other', () => {
    const ledger = opened().grant('5');
    ledger.chargeBatch('independent', [{ amount: '1' }, { amount: '9' }, { amount: '2' }, { amount: '8' }]);
    ledger.advance(120).sweepWith([]);
    expect(ledger.events('authorization.declined')).toMatchObject([{ data: { requests: 2 } }]);
  });
});

describe('a grant', () => {
  it('is shown with the time of its expiry, where it has one', () => {
    const ledger = opened().grant('5').grant('5', { expiresIn: DAY });
    const expiries = ledger
      .events('grant.created')
      .map(({ data }) => (data as { expires_at: string | null }).expires_at);
    expect(expiries).toEqual([null, new Date(ledger.now + DAY * 1000).toISOString()]);
  });
});

describe('notices of an expiry', () => {
  const NOTICES = [7 * DAY * 1000, DAY * 1000];

  it('are given when they are due, each once', () => {
    const ledger = opened()
      .grant('10', { expiresIn: 10 * DAY })
      .sweepWith(NOTICES);
    expect(ledger.events('grant.expiring')).toEqual([]);
    ledger
      .advance(3 * DAY)
      .sweepWith(NOTICES)
      .sweepWith(NOTICES);
    expect(ledger.events('grant.expiring')).toHaveLength(1);
    ledger.advance(6 * DAY).sweepWith(NOTICES);
    expect(ledger.events('grant.expiring')).toHaveLength(2);
  });

  it('are one where several are due, and none of what was due before the grant was made', () => {
    const ledger = opened()
      .grant('10', { expiresIn: 10 * DAY })
      .grant('10', { expiresIn: 3 * DAY });
    ledger.advance(9.5 * DAY).sweepWith(NOTICES);
    expect(ledger.events('grant.expiring')).toHaveLength(1);
    ledger.grant('10', { expiresIn: 3600 }).sweepWith(NOTICES);
    expect(ledger.events('grant.expiring')).toHaveLength(1);
  });

  it('aren’t given of a grant that was voided, of which a hold has a part', () => {
    const ledger = opened();
    const grant = ledger.createGrant('10', { expiresIn: 7.5 * DAY });
    ledger.authorize('4', { holdSeconds: DAY });
    ledger.voidGrant(grant);
    ledger.advance(0.6 * DAY).sweepWith(NOTICES);
    expect(ledger.events('grant.expiring')).toEqual([]);
  });

  it('aren’t given of a grant of which nothing remains', () => {
    const ledger = opened().grant('10', { expiresIn: DAY * 8 });
    ledger.charge('10');
    ledger.advance(2 * DAY).sweepWith(NOTICES);
    expect(ledger.events('grant.expiring')).toEqual([]);
  });
});
