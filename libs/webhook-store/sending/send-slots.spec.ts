import { describe, expect, it } from '@jest/globals';
import { SendSlots, type SendSlot } from './send-slots.ts';

/** Takes slots for an endpoint until it gets no more. */
function takeAll(slots: SendSlots, endpoint: string, account: string | null = null): SendSlot[] {
  const taken: SendSlot[] = [];
  for (;;) {
    const slot = slots.reserve(endpoint);
    if (slot?.countFor(account)) taken.push(slot);
    else {
      slot?.[Symbol.dispose]();
      return taken;
    }
  }
}

/** Has an endpoint be measured. */
function attempt(slots: SendSlots, endpoint: string, ...durationsMs: readonly number[]): void {
  for (const durationMs of durationsMs) {
    using slot = slots.reserve(endpoint);
    slot?.took(durationMs);
  }
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `endpoint-${String(at)}`);
}

describe('an endpoint', () => {
  it('has at most eight slots, and has them again when its attempts have ended', () => {
    const slots = new SendSlots();
    const taken = takeAll(slots, 'a');
    expect([taken.length, slots.freeFor('a')]).toEqual([8, 0]);
    for (const slot of taken) slot[Symbol.dispose]();
    expect(slots.freeFor('a')).toBe(8);
  });

  it('gets the fewer slots, the fewer are free', () => {
    const slots = new SendSlots();
    const taken = names(40).map((endpoint) => takeAll(slots, endpoint).length);
    expect(taken.slice(0, 4)).toEqual([8, 8, 8, 8]);
    // Nine endpoints that all begin at once leave room for others.
    expect(taken.slice(0, 9).reduce((sum, count) => sum + count)).toBeLessThanOrEqual(56);
    expect(taken.reduce((sum, count) => sum + count)).toBe(64);
  });

  it('that is slow has one slot until its answers are quick again', () => {
    const slots = new SendSlots();
    attempt(slots, 'a', 15_000);
    expect([slots.isSlow('a'), takeAll(slots, 'a').length]).toEqual([true, 1]);
    const other = new SendSlots();
    attempt(other, 'a', 15_000, 10);
    expect([other.isSlow('a'), takeAll(other, 'a').length]).toEqual([false, 8]);
  });

  it('that is slow now and then is slow', () => {
    const slots = new SendSlots();
    for (let turn = 0; turn < 10; turn++) attempt(slots, 'a', 10, 15_000);
    attempt(slots, 'a', 10);
    expect(slots.isSlow('a')).toBe(true);
  });

  it('says once that a delivery to it was turned away', () => {
    const slots = new SendSlots();
    expect(slots.hasTurnedAway('a')).toBe(false);
    takeAll(slots, 'a');
    expect([slots.hasTurnedAway('a'), slots.hasTurnedAway('a')]).toEqual([true, false]);
  });
});

describe('slow endpoints', () => {
  it('have a quarter of all slots together', () => {
    const slots = new SendSlots();
    for (const endpoint of names(100)) attempt(slots, endpoint, 15_000);
    const taken = names(100).map((endpoint) => takeAll(slots, endpoint).length);
    expect(taken.reduce((sum, count) => sum + count)).toBe(16);
    expect(takeAll(slots, 'quick')).toHaveLength(8);
  });

  it('wake their own next delivery only where others don’t wait for the slot', () => {
    const slots = new SendSlots();
    for (const endpoint of names(16)) attempt(slots, endpoint, 15_000);
    const taken = names(16).flatMap((endpoint) => takeAll(slots, endpoint));
    taken[0]?.[Symbol.dispose]();
    expect([slots.freeFor('endpoint-0'), slots.toWake('endpoint-0')]).toEqual([1, 0]);
    taken[1]?.[Symbol.dispose]();
    expect(slots.toWake('endpoint-0')).toBe(1);
  });
});

describe('an account', () => {
  it('has at most sixteen slots, however many endpoints it has, and each of them has some', () => {
    const slots = new SendSlots();
    const taken = names(9).map((endpoint) => takeAll(slots, endpoint, 'acme').length);
    expect(taken[0]).toBe(8);
    expect(taken.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(16);
    expect(taken[1]).toBeGreaterThanOrEqual(4);
    expect(takeAll(slots, 'of-another', 'other')).toHaveLength(8);
  });

  it('has its slots again when they are disposed of', () => {
    const slots = new SendSlots();
    for (let round = 0; round < 3; round++) {
      const taken = names(9).flatMap((endpoint) => takeAll(slots, endpoint, 'acme'));
      expect(taken.length).toBeGreaterThan(12);
      for (const slot of taken) slot[Symbol.dispose]();
    }
  });
});
