import { describe, expect, it } from '@jest/globals';
import { Amount } from '#amounts';
import type { Finding } from '../findings.ts';
import { ownRulesFrom, type LoopJson, type SpikeJson } from '../rules-json.ts';
import { RATE_CARD } from '../testing/priced-fixture.ts';
import { refusalOf } from '../testing/refused.ts';
import { ruledLedgerAt, type RuledFixture } from '../testing/ruled-fixture.ts';

const START = '2026-01-10T12:00:00Z';
const CHAT = { event: 'chat.completed', model: 'm' };
const PRICES = [
  {
    event: 'chat.completed',
    components: [{ quantity: 'output_tokens', per: '1000', amount: '1' }],
    max_output_tokens: 2000,
  },
];
const U1 = { tags: { user: 'u1' } } as const;
const U2 = { tags: { user: 'u2' } } as const;

function ledgerAt(time = START): RuledFixture {
  return ruledLedgerAt(time).publish(PRICES).account('acme', { rateCard: RATE_CARD }).grant('10000');
}

describe('max_amount', () => {
  it('declines a larger request for good, and a hold that grows beyond it', () => {
    const ledger = ledgerAt().setRules('acme', { max_amount: '5' });
    expect(refusalOf(() => ledger.authorize('5.000000000001'))).toMatchObject({
      code: 'request_too_large',
      account: 'acme',
      rule: 'max_amount',
    });
    expect(refusalOf(() => ledger.charge('6')).code).toBe('request_too_large');
    const hold = ledger.authorize('3');
    expect(refusalOf(() => ledger.extend(hold, { amount: '2.1' })).code).toBe('request_too_large');
    ledger.extend(hold, { amount: '2' });
    expect(ledger.commit(hold, '9').committed).toBe('9');
  });

  it('bounds a request that is content with less output', () => {
    const ledger = ledgerAt().setRules('acme', { max_amount: '0.5' });
    const hold = ledger.authorizeUsage(CHAT, { output: { max: null, min: 1, fit: true } });
    expect([hold.held, hold.pricing?.maxOutputTokens]).toEqual(['0.5', 500]);
  });
});

describe('max_open_holds', () => {
  it('declines a further hold, and no charge', () => {
    const ledger = ledgerAt().setRules('acme', { max_open_holds: 2 });
    const first = ledger.authorize('1');
    ledger.authorize('1');
    expect(refusalOf(() => ledger.authorize('1'))).toEqual({ code: 'open_holds_exceeded', account: 'acme', limit: 2 });
    ledger.charge('1');
    ledger.chargeBatch('all_or_nothing', [{ amount: '1' }, { amount: '1' }]);
    ledger.void(first);
    ledger.authorize('1');
  });

  it('counts the items of a batch', () => {
    const ledger = ledgerAt().setRules('acme', { max_open_holds: 2 });
    const items = [{ amount: '1' }, { amount: '1' }, { amount: '1' }];
    expect(refusalOf(() => ledger.authorizeBatch('all_or_nothing', items)).code).toBe('open_holds_exceeded');
    ledger.authorizeBatch('all_or_nothing', items.slice(1));
  });
});

describe('max_output_tokens', () => {
  it('declines what states more output, or allows for more', () => {
    const ledger = ledgerAt().setRules('acme', { max_output_tokens: 1000 });
    expect(refusalOf(() => ledger.authorizeUsage({ ...CHAT, output_tokens: 1001 }))).toMatchObject({
      code: 'request_too_large',
      rule: 'max_output_tokens',
    });
    expect(refusalOf(() => ledger.authorizeUsage(CHAT)).code).toBe('request_too_large');
    expect(refusalOf(() => ledger.chargeUsage({ ...CHAT, output_tokens: 1001 })).code).toBe('request_too_large');
    ledger.authorizeUsage(CHAT, { output: { max: 1000, min: 1, fit: false } });
    ledger.authorizeUsage({ ...CHAT, output_tokens: 1000 });
  });

  it('bounds a request that is content with less', () => {
    const ledger = ledgerAt().setRules('acme', { max_output_tokens: 1000 });
    const hold = ledger.authorizeUsage(CHAT, { output: { max: null, min: 1, fit: true } });
    expect([hold.held, hold.pricing?.maxOutputTokens]).toEqual(['1', 1000]);
    const tooMuch = { max: null, min: 1001, fit: true };
    expect(refusalOf(() => ledger.authorizeUsage(CHAT, { output: tooMuch })).code).toBe('request_too_large');
  });
});

describe('rate', () => {
  it('declines requests for a while, and says for how long', () => {
    const ledger = ledgerAt().setRules('acme', { rate: [{ requests: 2, per: 'minute' }] });
    ledger.authorize('1');
    ledger.charge('1');
    const refusal = refusalOf(() => ledger.authorize('1'));
    expect(refusal).toEqual({
      code: 'spend_rate_exceeded',
      account: 'acme',
      rule: 'rate',
      tag: null,
      value: null,
      retryAfterSeconds: 30,
    });
    ledger.advance(29.999);
    expect(refusalOf(() => ledger.authorize('1'))).toMatchObject({ retryAfterSeconds: 1 });
    ledger.advance(0.001).authorize('1');
  });

  it('is one for each value of a tag, and one for what has none', () => {
    const ledger = ledgerAt().setRules('acme', { rate: [{ amount: '10', per: 'hour', tag: 'user' }] });
    ledger.authorize('10', U1);
    expect(refusalOf(() => ledger.authorize('1', U1))).toMatchObject({ tag: 'user', value: 'u1' });
    ledger.authorize('10', U2);
    ledger.authorize('10');
    expect(refusalOf(() => ledger.authorize('1'))).toMatchObject({ tag: 'user', value: '(none)' });
  });

  it('declines for good what is more than it ever lets through at once', () => {
    const ledger = ledgerAt().setRules('acme', { rate: [{ amount: '10', per: 'second' }] });
    expect(refusalOf(() => ledger.authorize('11'))).toMatchObject({ code: 'request_too_large', rule: 'rate' });
  });

  it('gives back what wasn’t used, and counts what was used beyond a hold', () => {
    const ledger = ledgerAt().setRules('acme', { rate: [{ amount: '10', per: 'hour' }] });
    ledger.commit(ledger.authorize('10'), '2');
    ledger.void(ledger.authorize('8'));
    const hold = ledger.authorize('7');
    expect(refusalOf(() => ledger.extend(hold, { amount: '1.1' })).code).toBe('spend_rate_exceeded');
    ledger.extend(hold, { amount: '1' });
    expect(refusalOf(() => ledger.authorize('0.1'))).toMatchObject({ retryAfterSeconds: 36 });
    ledger.commit(hold, '18');
    // 20 were used, so there is room again when 10 of them have come back.
    expect(refusalOf(() => ledger.authorize('0.1'))).toMatchObject({ retryAfterSeconds: 3636 });
    ledger.advance(3635.999);
    expect(refusalOf(() => ledger.authorize('0.1')).code).toBe('spend_rate_exceeded');
    ledger.advance(0.001).authorize('0.1');
  });

  it('of a rule that came later bounds what a hold asks for besides', () => {
    const ledger = ledgerAt();
    const hold = ledger.authorize('4', U1);
    ledger.setRules('acme', { rate: [{ amount: '10', per: 'hour', tag: 'user' }] });
    ledger.charge('8', U1);
    expect(refusalOf(() => ledger.extend(hold, { amount: '3' })).code).toBe('spend_rate_exceeded');
    ledger.extend(hold, { amount: '2' });
  });

  it('counts a charge as long as it is there, whatever is refunded', () => {
    const ledger = ledgerAt().setRules('acme', { rate: [{ amount: '10', per: 'hour' }] });
    ledger.refund(ledger.charge('10'));
    expect(refusalOf(() => ledger.charge('1')).code).toBe('spend_rate_exceeded');
  });

  it('gets nothing back from a hold that has lapsed, though a charge on it is refunded', () => {
    const ledger = ledgerAt().setRules('acme', { rate: [{ amount: '10', per: 'hour' }] });
    const hold = ledger.authorize('10', { holdSeconds: 60 });
    ledger.commit(hold, '4', { final: false });
    ledger.advance(61).refund(hold, '1');
    expect(refusalOf(() => ledger.authorize('1')).code).toBe('spend_rate_exceeded');
  });

  it('lets the items of a batch count against each other, and forgets those of one that failed', () => {
    const ledger = ledgerAt().setRules('acme', {
      rate: [
        { amount: '10', per: 'hour', tag: 'user' },
        { requests: 3, per: 'minute' },
      ],
    });
    ledger.authorize('1', U1);
    ledger.advance(600);
    const item = (amount: string) => ({ amount, ...U1 });
    const tooMuch = [item('4'), item('4'), item('4')];
    expect(refusalOf(() => ledger.authorizeBatch('all_or_nothing', tooMuch)).code).toBe('spend_rate_exceeded');
    expect(refusalOf(() => ledger.chargeBatch('all_or_nothing', tooMuch)).code).toBe('spend_rate_exceeded');
    ledger.chargeBatch('all_or_nothing', [item('4'), item('6')]);
    expect(ledger.authorizeBatch('independent', [item('1'), { amount: '1', ...U2 }]).items).toMatchObject([
      { ok: false },
      { ok: true },
    ]);
  });
});

describe('nap', () => {
  const NAP = { nap: [{ over_output_tokens: 500, seconds: 10, tag: 'user' }] };

  it('begins with a long reply, for its user alone', () => {
    const ledger = ledgerAt().setRules('acme', NAP);
    const [short, long] = [ledger.authorizeUsage(CHAT, U1), ledger.authorizeUsage(CHAT, U1)];
    ledger.commitUsage(short, { ...CHAT, output_tokens: 500 });
    ledger.void(ledger.authorize('1', U1));
    ledger.commitUsage(long, { ...CHAT, output_tokens: 501 });
    expect(refusalOf(() => ledger.authorize('1', U1))).toEqual({
      code: 'spend_rate_exceeded',
      account: 'acme',
      rule: 'nap',
      tag: 'user',
      value: 'u1',
      retryAfterSeconds: 10,
    });
    ledger.authorize('1', U2);
    ledger.advance(9.001);
    expect(refusalOf(() => ledger.charge('1', U1))).toMatchObject({ retryAfterSeconds: 1 });
    ledger.advance(0.999).authorize('1', U1);
  });

  it('looks at all parts of a reply together', () => {
    const ledger = ledgerAt().setRules('acme', NAP);
    const hold = ledger.authorizeUsage(CHAT, U1);
    ledger.commitUsage(hold, { ...CHAT, output_tokens: 300 }, { final: false });
    ledger.charge('1', U1);
    ledger.commitUsage(hold, { ...CHAT, output_tokens: 300 });
    expect(refusalOf(() => ledger.charge('1', U1)).code).toBe('spend_rate_exceeded');
  });

  it('doesn’t keep items of one batch from each other', () => {
    const ledger = ledgerAt().setRules('acme', NAP);
    const item = { usage: [{ ...CHAT, output_tokens: 600 }], ...U1 };
    const { items } = ledger.chargeBatch('all_or_nothing', [item, item]);
    expect(items).toMatchObject([{ ok: true }, { ok: true }]);
    expect(refusalOf(() => ledger.charge('1', U1)).code).toBe('spend_rate_exceeded');
  });
});

describe('rules of an environment', () => {
  it('hold for accounts that have none of their own, and for no account that is exempt', () => {
    const ledger = ledgerAt().setDefaultRules({ max_amount: '5', rate: [{ requests: 1, per: 'hour' }] });
    expect(refusalOf(() => ledger.authorize('6'))).toMatchObject({ rule: 'max_amount' });
    ledger.setRules('acme', { max_amount: '7' }).authorize('6');
    expect(refusalOf(() => ledger.authorize('6'))).toMatchObject({ rule: 'rate' });
    ledger.setRules('acme', { exempt: true }).authorize('1000');
  });
});

describe('what a rule has found', () => {
  const HOUR = Date.parse(START);
  const SPIKE: SpikeJson = { factor: '8', floor: '100', action: 'suspend', for: 600, tag: 'user' };
  const LOOP: LoopJson = { times: 30, action: 'throttle', tag: 'session' };

  function spike(json: SpikeJson, value: string | null, windowStart = HOUR): Finding {
    const [rule] = ownRulesFrom({ spike: [json] }).spike ?? [];
    if (!rule) throw new Error('no rule');
    const figures = { spent: new Amount(200), usual: new Amount(20), threshold: new Amount(160) };
    return { kind: 'spike', rule, value, windowStart, figures };
  }

  function loop(json: LoopJson, value: string | null): Finding {
    const [rule] = ownRulesFrom({ loop: [json] }).loop ?? [];
    if (!rule) throw new Error('no rule');
    return { kind: 'loop', rule, value, windowStart: HOUR, requests: 31 };
  }

  it('is reported once in its window, and suspends the value for a time', () => {
    const ledger = ledgerAt().setRules('acme', { spike: [SPIKE] });
    expect(ledger.restrain('acme', spike(SPIKE, 'u1'))).toBe(true);
    expect(ledger.restrain('acme', spike(SPIKE, 'u1'))).toBe(false);
    expect(ledger.events('usage.spike_detected').map(({ data }) => data)).toMatchObject([
      {
        rule: 'spike',
        tag: 'user',
        value: 'u1',
        window: { start: '2026-01-10T12:00:00.000Z', end: '2026-01-10T13:00:00.000Z' },
        found: '200',
        usual: '20',
        threshold: '160',
        action: 'suspend',
        until: '2026-01-10T12:10:00.000Z',
      },
    ]);
    expect(refusalOf(() => ledger.authorize('1', U1))).toEqual({
      code: 'usage_suspended',
      account: 'acme',
      rule: 'spike',
      tag: 'user',
      value: 'u1',
      until: HOUR + 600_000,
    });
    ledger.authorize('1', U2);
    ledger.advance(600).authorize('1', U1);
    ledger.resumeUsage('acme', { onlyEnded: true }).resumeUsage('acme', { onlyEnded: true });
    expect(ledger.events('usage.resumed').map(({ data }) => data)).toMatchObject([{ value: 'u1', reason: 'ended' }]);
    expect(ledger.restrain('acme', spike(SPIKE, 'u1', HOUR + 3_600_000))).toBe(true);
  });

  it('suspends the whole account until somebody resumes it', () => {
    const whole: SpikeJson = { factor: '8', floor: '100', action: 'suspend' };
    const ledger = ledgerAt().setRules('acme', { spike: [whole] });
    const hold = ledger.authorize('5');
    ledger.restrain('acme', spike(whole, null));
    expect(refusalOf(() => ledger.authorize('1'))).toEqual({
      code: 'account_suspended',
      account: 'acme',
      by: { rule: 'spike', until: null },
    });
    expect(refusalOf(() => ledger.extend(hold, { amount: '1' })).code).toBe('account_suspended');
    expect(ledger.commit(hold).committed).toBe('5');
    ledger.resumeUsage('acme').authorize('1');
    expect(ledger.events('usage.resumed').map(({ data }) => data)).toMatchObject([
      { rule: 'spike', tag: null, action: 'suspend', reason: 'resumed' },
    ]);
  });

  it('slows a session down to one request a minute', () => {
    const ledger = ledgerAt().setRules('acme', { loop: [LOOP] });
    const session = { tags: { session: 's1' } } as const;
    ledger.restrain('acme', loop(LOOP, 's1'));
    expect(ledger.events('usage.throttled').map(({ data }) => data)).toMatchObject([
      { rule: 'loop', tag: 'session', value: 's1', amount: null, requests: 1, per: 'minute', until: null },
    ]);
    ledger.authorize('1', session);
    expect(refusalOf(() => ledger.authorize('1', session))).toMatchObject({ rule: 'loop', retryAfterSeconds: 60 });
    ledger.authorize('1', { tags: { session: 's2' } });
    ledger.advance(60).authorize('1', session);
    ledger.resumeUsage('acme', { tag: 'session', value: 's2' });
    expect(refusalOf(() => ledger.authorize('1', session)).code).toBe('spend_rate_exceeded');
    ledger.resumeUsage('acme', { tag: 'session' }).authorize('1', session);
  });

  it('slows an account down to what is usual, though to the floor at least', () => {
    const throttle: SpikeJson = { factor: '8', floor: '100', action: 'throttle' };
    const ledger = ledgerAt().setRules('acme', { spike: [throttle] });
    ledger.restrain('acme', spike(throttle, null));
    expect(ledger.events('usage.throttled').map(({ data }) => data)).toMatchObject([{ amount: '100', per: 'hour' }]);
    ledger.charge('100');
    expect(refusalOf(() => ledger.charge('1'))).toMatchObject({ rule: 'spike', tag: null });
  });

  it('isn’t shortened by a rule that says less when it is found again', () => {
    const open: LoopJson = { times: 30, action: 'suspend', tag: 'user' };
    const brief: LoopJson = { ...open, for: 60 };
    const ledger = ledgerAt().setRules('acme', { loop: [open] });
    ledger.restrain('acme', loop(open, 'u1'));
    ledger.setRules('acme', { loop: [brief] }).restrain('acme', loop(brief, 'u1'));
    ledger.advance(61);
    expect(refusalOf(() => ledger.authorize('1', U1))).toMatchObject({ code: 'usage_suspended', until: null });
  });

  it('is only reported where the rule says so, and not at all where the rule is gone', () => {
    const alert: SpikeJson = { factor: '8', floor: '100', action: 'alert' };
    const ledger = ledgerAt().setRules('acme', { spike: [alert] });
    expect(ledger.restrain('acme', spike(SPIKE, 'u1'))).toBe(false);
    expect(ledger.restrain('acme', spike(alert, null))).toBe(true);
    ledger.authorize('1');
    ledger.setRules('acme', { spike: [alert], exempt: true });
    expect(ledger.restrain('acme', spike(alert, null, HOUR + 3_600_000))).toBe(false);
  });

  it('means nothing while the account is exempt', () => {
    const ledger = ledgerAt().setRules('acme', { spike: [SPIKE], loop: [LOOP] });
    ledger.restrain('acme', spike(SPIKE, 'u1'));
    ledger.setRules('acme', { exempt: true }).authorize('1', U1);
  });

  it('slows nobody down while the account is exempt', () => {
    const session = { tags: { session: 's1' } } as const;
    const ledger = ledgerAt().setRules('acme', { loop: [LOOP] });
    ledger.restrain('acme', loop(LOOP, 's1'));
    ledger.setRules('acme', { loop: [LOOP], exempt: true });
    ledger.authorize('1', session);
    ledger.authorize('1', session);
  });
});
