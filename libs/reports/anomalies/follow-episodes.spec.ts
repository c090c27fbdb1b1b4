import { Amount } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import type { Anomaly } from './anomaly.ts';
import { followEpisodes, type Look, type Step } from './follow-episodes.ts';
import { HOUR_MS, type JudgedHour } from './unusual-hour.ts';

const NOON = Date.UTC(2026, 5, 29, 12);
const LOOKED = NOON + 10 * 60_000;

function hour(at: number, used: number): JudgedHour {
  return { hour: at, used: new Amount(used), usual: new Amount(10), threshold: new Amount(15) };
}

function anomaly(changes: Partial<Anomaly> = {}): Anomaly {
  return {
    accountKey: '1',
    id: 'a',
    model: null,
    state: 'suspected',
    startedAt: NOON,
    lastHour: NOON,
    endedAt: null,
    peak: NOON,
    used: new Amount(20),
    usual: new Amount(10),
    threshold: new Amount(15),
    lookedAt: LOOKED,
    ...changes,
  };
}

function follow(looks: readonly Look[], underWay: readonly Anomaly[], passedMs = 60_000): readonly Step[] {
  const now = LOOKED + passedMs;
  return followEpisodes({ looks, underWay, now, realNow: now, betweenLooksMs: 30_000 });
}

const all = (...hours: readonly JudgedHour[]): Look => ({ model: null, hours });
const model = (name: string, ...hours: readonly JudgedHour[]): Look => ({ model: name, hours });

describe('an episode', () => {
  it('is suspected at the first look, and opened at the second', () => {
    expect(follow([all(hour(NOON, 20))], [])).toMatchObject([{ type: 'suspect', hour: { hour: NOON } }]);
    expect(follow([all(hour(NOON, 21))], [anomaly()])).toMatchObject([
      { type: 'open', hour: { used: new Amount(21) } },
    ]);
  });

  it('isn’t opened by a second worker that looks at the same time', () => {
    expect(follow([all(hour(NOON, 21))], [anomaly()], 29_999)).toEqual([]);
  });

  it('is forgotten where the second look finds nothing', () => {
    expect(follow([all(hour(NOON, 15))], [anomaly()])).toMatchObject([{ type: 'forget' }]);
    expect(follow([all(hour(NOON, 15), hour(NOON + HOUR_MS, 99))], [anomaly()])).toMatchObject([{ type: 'forget' }]);
  });

  it('goes on with every unusual hour, and keeps the highest', () => {
    const open = anomaly({ state: 'acknowledged' });
    expect(follow([all(hour(NOON, 20))], [open])).toEqual([]);
    expect(follow([all(hour(NOON, 25))], [open])).toMatchObject([
      { type: 'go_on', lastHour: NOON, peak: { hour: NOON } },
    ]);
    expect(follow([all(hour(NOON, 20), hour(NOON + HOUR_MS, 18))], [open])).toMatchObject([
      { type: 'go_on', lastHour: NOON + HOUR_MS, peak: null },
    ]);
  });

  it('ends when a day was quiet, and the next one is another', () => {
    const open = anomaly({ state: 'closed' });
    const quiet = all(hour(NOON + 24 * HOUR_MS, 3));
    expect(follow([quiet], [open], 24 * HOUR_MS)).toEqual([]);
    expect(follow([quiet], [open], 25 * HOUR_MS)).toMatchObject([{ type: 'end' }]);
  });

  it('is of a model only where it isn’t of all usage', () => {
    const large = model('large', hour(NOON, 20));
    expect(follow([all(hour(NOON, 15)), large], [])).toMatchObject([{ type: 'suspect', model: 'large' }]);
    expect(follow([all(hour(NOON, 20)), large], [])).toMatchObject([{ type: 'suspect', model: null }]);
    expect(follow([all(hour(NOON, 3)), large], [anomaly({ state: 'open' })])).toEqual([]);
    const suspected = anomaly({ model: 'large' });
    expect(follow([all(hour(NOON, 20)), large], [suspected])).toMatchObject([{ type: 'suspect' }, { type: 'forget' }]);
  });
});
