import { describe, expect, it } from '@jest/globals';
import { IdClock } from './id-clock.ts';
import { accountKey } from './ids.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const KEY = accountKey('live', 'acme');

function millisecondOf(uuid: string): number {
  return Number.parseInt(uuid.replace('-', '').slice(0, 12), 16);
}

describe('IdClock', () => {
  it('makes 10 000 ids in one millisecond, all different and strictly rising', () => {
    const clock = new IdClock(KEY, 0n);
    const ids = Array.from({ length: 10_000 }, () => clock.next(NOW));
    expect(new Set(ids).size).toBe(10_000);
    expect(ids).toEqual(ids.toSorted());
  });

  it('borrows from the next millisecond after 4 096 ids in one', () => {
    const clock = new IdClock(KEY, 0n);
    const ids = Array.from({ length: 4097 }, () => clock.next(NOW));
    expect(millisecondOf(ids[4095] ?? '')).toBe(NOW);
    expect(millisecondOf(ids[4096] ?? '')).toBe(NOW + 1);
  });

  it('stays with the time', () => {
    const clock = new IdClock(KEY, 0n);
    expect(millisecondOf(clock.next(NOW))).toBe(NOW);
    expect(millisecondOf(clock.next(NOW + 5000))).toBe(NOW + 5000);
  });

  it('never goes back, even where the time does', () => {
    const clock = new IdClock(KEY, 0n);
    const first = clock.next(NOW);
    const second = clock.next(NOW - 60_000);
    expect(second > first).toBe(true);
    expect(millisecondOf(second)).toBe(NOW);
  });

  it('goes on after the last stamp, whichever process made it', () => {
    const first = new IdClock(KEY, 0n);
    const before = Array.from({ length: 5000 }, () => first.next(NOW));
    const after = new IdClock(KEY, first.lastStamp).next(NOW);
    expect(after > (before.at(-1) ?? '')).toBe(true);
  });

  it('moves its stamp with every id', () => {
    const clock = new IdClock(KEY, 0n);
    const stamps = Array.from({ length: 5000 }, () => (clock.next(NOW), clock.lastStamp));
    expect(stamps.every((stamp, at) => at === 0 || stamp === (stamps[at - 1] ?? 0n) + 1n)).toBe(true);
  });

  it('makes ids of different accounts that differ at the same instant', () => {
    expect(new IdClock(KEY, 0n).next(NOW)).not.toBe(new IdClock(accountKey('live', 'beta'), 0n).next(NOW));
  });
});
