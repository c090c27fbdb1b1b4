import { describe, expect, it } from '@jest/globals';
import { Amount, formatAmount } from '#amounts';
import { Replay, type PastRequest } from './replay-rules.ts';
import { environmentRulesFrom, type RulesJson } from './rules-json.ts';

const START = Date.parse('2026-01-10T12:00:00Z');
const MINUTE = 60_000;

function request(minutes: number, amount: string, more: Partial<PastRequest> = {}): PastRequest {
  const charged = new Amount(amount);
  const at = START + minutes * MINUTE;
  const rest = { tags: { user: 'u1' }, asked: amount, outputAskedFor: 0, output: 0 };
  return { account: '1', at, closedAt: at + 1000, amount: charged, charged, ...rest, ...more };
}

function replay(json: RulesJson, requests: readonly PastRequest[], from = START) {
  const replayed = new Replay(environmentRulesFrom(json), from);
  for (const one of requests) replayed.add(one);
  return [...replayed.caught.values()].map(({ rule, value, declined, saved, firstAt }) => [
    rule,
    value,
    declined,
    formatAmount(saved),
    (firstAt - START) / MINUTE,
  ]);
}

describe('a replay of rules', () => {
  it('declines as the rules would have, and adds up what that saves', () => {
    const night = Array.from({ length: 60 }, (_, minute) => request(minute, '10'));
    // 60 at once, and 60 more in the hour: all but one of twelve fit before the hour ends.
    expect(replay({ rate: [{ amount: '60', per: 'hour', tag: 'user' }] }, night)).toEqual([
      ['rate', 'u1', 49, '490', 6],
    ]);
    expect(replay({ max_amount: '9' }, night)).toEqual([['max_amount', null, 60, '600', 0]]);
    expect(replay({ max_amount: '10' }, night)).toEqual([]);
  });

  it('stops a loop where it is one', () => {
    const loop = Array.from({ length: 40 }, (_, n) => request(n / 60, '1'));
    const rules: RulesJson = { loop: [{ times: 30, action: 'suspend', tag: 'user' }] };
    expect(replay(rules, loop)).toEqual([['loop', 'u1', 10, '10', 0.5]]);
    expect(replay({ loop: [{ times: 30, action: 'alert' }] }, loop)).toEqual([]);
    // Slowed down, one more gets through.
    expect(replay({ loop: [{ times: 30, action: 'throttle', tag: 'user' }] }, loop)).toEqual([
      ['loop', 'u1', 9, '9', 31 / 60],
    ]);
  });

  it('finds a spike against the days before, which it doesn’t count', () => {
    const days = Array.from({ length: 7 }, (_, day) => request(-(day + 1) * 24 * 60, '5')).reverse();
    const hour = Array.from({ length: 10 }, (_, n) => request(n, '10'));
    const rules: RulesJson = { spike: [{ factor: '8', floor: '20', action: 'suspend', for: 3600 }] };
    expect(replay(rules, [...days, ...hour])).toEqual([['spike', null, 6, '60', 4]]);
  });

  it('lets nobody rest before the reply has ended', () => {
    const requests = [
      request(0, '1', { output: 600, closedAt: START + MINUTE }),
      request(0.5, '1'),
      request(1, '1'),
      request(1.2, '1'),
    ];
    expect(replay({ nap: [{ over_output_tokens: 500, seconds: 10, tag: 'user' }] }, requests)).toEqual([
      ['nap', 'u1', 1, '1', 1],
    ]);
  });

  it('counts holds that were open together', () => {
    const closedAt = START + 10 * MINUTE;
    const requests = [0, 1, 2, 11].map((minute) =>
      request(minute, '1', { closedAt: Math.max(closedAt, START + minute * MINUTE + 1) }),
    );
    expect(replay({ max_open_holds: 2 }, requests)).toEqual([['max_open_holds', null, 1, '1', 2]]);
  });
});
