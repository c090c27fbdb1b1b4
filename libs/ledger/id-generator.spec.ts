import { describe, expect, it } from '@jest/globals';
import { IdGenerator } from './id-generator.ts';
import { accountKey } from './ids.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const KEY = accountKey('live', 'acme');

function millisecondOf(uuid: string): number {
  return Number.parseInt(uuid.replace('-', '').slice(0, 12), 16);
}

describe('IdGenerator', () => {
  it('makes 10 000 ids in one millisecond, all different and strictly rising', () => {
    const generator = new IdGenerator(KEY, 0n);
    const ids = Array.from({ length: 10_000 }, () => generator.next(NOW));
    expect(new Set(ids).size).toBe(10_000);
    expect(ids).toEqual(ids.toSorted());
  });

  it('borrows from the next millisecond after 4 096 ids in one', () => {
    const generator = new IdGenerator(KEY, 0n);
    const ids = Array.from({ length: 4097 }, () => generator.next(NOW));
    expect(millisecondOf(ids[4095] ?? '')).toBe(NOW);
    expect(millisecondOf(ids[4096] ?? '')).toBe(NOW + 1);
  });

  it('stays with the time', () => {
    const generator = new IdGenerator(KEY, 0n);
    expect(millisecondOf(generator.next(NOW))).toBe(NOW);
    expect(millisecondOf(generator.next(NOW + 5000))).toBe(NOW + 5000);
  });

  it('never goes back, even where the time does', () => {
    const generator = new IdGenerator(KEY, 0n);
    const first = generator.next(NOW);
    const second = generator.next(NOW - 60_000);
    expect(second > first).toBe(true);
    expect(millisecondOf(second)).toBe(NOW);
  });

  it('goes on after the last version, whichever process made it', () => {
    const first = new IdGenerator(KEY, 0n);
    const before = Array.from({ length: 5000 }, () => first.next(NOW));
    const after = new IdGenerator(KEY, first.version).next(NOW);
    expect(after > (before.at(-1) ?? '')).toBe(true);
  });

  it('moves its version with every id', () => {
    const generator = new IdGenerator(KEY, 0n);
    const versions = Array.from({ length: 5000 }, () => (generator.next(NOW), generator.version));
    expect(versions.every((version, at) => at === 0 || version === (versions[at - 1] ?? 0n) + 1n)).toBe(true);
  });

  it('makes ids of different accounts that differ at the same instant', () => {
    expect(new IdGenerator(KEY, 0n).next(NOW)).not.toBe(new IdGenerator(accountKey('live', 'beta'), 0n).next(NOW));
  });
});
