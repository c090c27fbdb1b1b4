import { describe, expect, it } from '@jest/globals';
import { Amount, formatAmount, ZERO } from '#amounts';
import { windowStartOf, type Finding } from '../findings.ts';
import { ownRulesFrom, type OwnRulesJson } from '../rules-json.ts';
import { valueOfTag } from '../tag-values.ts';
import { spikeIn } from '../spikes.ts';
import { Refused } from '../testing/refused.ts';
import { ruledLedgerAt } from '../testing/ruled-fixture.ts';

const START = '2026-03-02T22:00:00Z';

/** Something that asks for credits again and again. */
interface Incident {
  readonly credits: string;
  /** What each request costs, and how many seconds lie between two. */
  readonly amount: string;
  readonly everySeconds: number;
  readonly requests: number;
  /** What is usual in the hour; nothing where it isn't given. */
  readonly usual?: string;
}

/** The worker looks so often. */
const LOOK_SECONDS = 4;

const BATCH_MAX = 1000;

/** What an incident has spent before it ended, or was stopped, under rules. */
function spentBy({ credits, amount, everySeconds, requests, usual = '0' }: Incident, rules: OwnRulesJson): string {
  const ledger = ruledLedgerAt(START).account('acme').grant(credits).setRules('acme', rules);
  const own = ownRulesFrom(rules);
  const tags = { user: 'u1', session: 's1' };
  const valueOf = ({ tag }: { readonly tag: string | null }): string | null => tag && valueOfTag(tags, tag);
  const passed: number[] = [];
  let looked = ledger.now;
  for (let n = 0; n < requests; n += 1) {
    try {
      ledger.charge(amount, { tags });
      passed.push(ledger.now);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    ledger.advance(everySeconds);
    if (ledger.now - looked < LOOK_SECONDS * 1000) continue;
    looked = ledger.now;
    const findings = [
      ...(own.spike ?? []).flatMap((rule): Finding[] => {
        const windowStart = windowStartOf('spike', ledger.now);
        const spent = new Amount(amount).times(passed.filter((at) => at >= windowStart).length);
        const figures = spikeIn(rule, spent, Array<Amount>(7).fill(new Amount(usual)));
        return figures ? [{ kind: 'spike', rule, value: valueOf(rule), windowStart, figures }] : [];
      }),
      ...(own.loop ?? []).flatMap((rule) =>
        [ledger.now - 60_000, ledger.now].flatMap((at): Finding[] => {
          const windowStart = windowStartOf('loop', at);
          const inMinute = passed.filter((one) => one >= windowStart && one < windowStart + 60_000).length;
          return inMinute < rule.times
            ? []
            : [{ kind: 'loop', rule, value: valueOf(rule), windowStart, requests: inMinute }];
        }),
      ),
    ];
    for (const finding of findings) ledger.restrain('acme', finding);
  }
  return formatAmount(passed.reduce((sum) => sum.plus(amount), ZERO));
}

/** What so many requests spend where no rule stops them. */
function spentInBatches({ credits, amount, requests }: Incident): string {
  const ledger = ruledLedgerAt(START).account('acme').grant(credits);
  for (let left = requests; left > 0; left -= BATCH_MAX) {
    ledger.chargeBatch('all_or_nothing', Array<{ amount: string }>(Math.min(left, BATCH_MAX)).fill({ amount }));
  }
  return formatAmount(new Amount(credits).minus(ledger.available()));
}

describe('incidents, and what was spent before they stopped', () => {
  // 2.1 million tokens in 90 minutes on a plan of 30 a month: at 2 per 10 000 tokens, 420 credits.
  const loop: Incident = { credits: '1000', amount: '0.4', everySeconds: 5.142, requests: 1050 };

  it('a loop of 90 minutes on a plan of 30 a month', () => {
    expect(spentBy(loop, {})).toBe('420');
    expect(spentBy(loop, { loop: [{ times: 10, action: 'suspend', tag: 'session' }] })).toBe('4');
    expect(spentBy(loop, { loop: [{ times: 10, action: 'throttle', tag: 'session' }] })).toBe('38.8');
    expect(spentBy(loop, { rate: [{ amount: '5', per: 'hour', tag: 'user' }] })).toBe('12.4');
    expect(spentBy(loop, { spike: [{ factor: '8', floor: '10', action: 'suspend' }] })).toBe('10');
  });

  // A customer that usually spends 12.5 an hour spends 100.
  const week: Incident = { credits: '10000', amount: '5', everySeconds: 180, requests: 160, usual: '12.5' };

  it('an account at 800 % of its usual week', () => {
    expect(spentBy(week, {})).toBe('800');
    expect(spentBy(week, { spike: [{ factor: '6', floor: '50', action: 'suspend' }] })).toBe('75');
    expect(spentBy(week, { spike: [{ factor: '6', floor: '50', action: 'throttle' }] })).toBe('485');
    expect(spentBy(week, { rate: [{ amount: '25', per: 'hour' }] })).toBe('220');
  });

  // A script that runs from 10 in the evening to 6 in the morning: 47 000.
  const night: Incident = { credits: '100000', amount: '23.5', everySeconds: 14.4, requests: 2000 };

  it('a script that runs all night on a bill of 47 000', () => {
    expect(spentBy(night, {})).toBe('47000');
    expect(spentBy(night, { max_amount: '20' })).toBe('0');
    expect(spentBy(night, { rate: [{ amount: '500', per: 'hour' }] })).toBe('4488.5');
    expect(spentBy(night, { spike: [{ factor: '8', floor: '500', action: 'suspend' }] })).toBe('517');
    expect(spentBy(night, { loop: [{ times: 4, action: 'suspend', tag: 'user' }] })).toBe('94');
  });

  // 20,000 product descriptions by one user, eight a second.
  const descriptions: Incident = { credits: '100000', amount: '0.2', everySeconds: 0.125, requests: 20_000 };
  /** Under rules, what happens after its first two minutes is more of the same. */
  const first: Incident = { ...descriptions, requests: 2 * 60 * 8 };

  it('20,000 product descriptions by one user', () => {
    expect(spentInBatches(descriptions)).toBe('4000');
    // 60 at once, and one a minute.
    expect(spentBy(first, { rate: [{ requests: 60, per: 'hour', tag: 'user' }] })).toBe('12.2');
    expect(spentBy(first, { loop: [{ times: 30, action: 'suspend', tag: 'session' }] })).toBe('6.4');
  });
});
