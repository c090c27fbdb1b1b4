import { expect, it } from '@jest/globals';
import { accountKey, IdGenerator } from '#ledger';
import { idAfter, isNext, versionOf } from './version-of.ts';

const KEY = accountKey('live', 'acme');

it('is what the generator of ids stands at after it', () => {
  const ids = new IdGenerator(KEY, 0n);
  for (const now of [1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_001]) {
    const id = ids.next(now);
    expect(versionOf(id)).toBe(ids.version);
  }
});

it('lies between the ids up to it and the next one', () => {
  const ids = new IdGenerator(KEY, 0n);
  const first = ids.next(1_700_000_000_000);
  const bound = idAfter(ids.version);
  const second = ids.next(1_700_000_000_000);
  expect(first < bound && bound < second).toBe(true);
  expect(isNext(second, first)).toBe(true);
  expect(isNext(first, second)).toBe(false);
});

it('knows the next id across the end of a millisecond', () => {
  const ids = new IdGenerator(KEY, 1_700_000_000_000n * 4096n + 4095n);
  const last = `018bcfe5-6800-7fff-${ids.next(0).slice(19)}`;
  expect(isNext(new IdGenerator(KEY, 1_700_000_000_000n * 4096n + 4095n).next(0), last)).toBe(true);
});
