import { describe, expect, it } from '@jest/globals';
import { sharesOf, type Share } from './shares.ts';

const clients = { urls: ['http://one', 'http://two'], adminKey: 'pur_live_a-key', connections: 2 };
const some = { name: 'some', count: 100 };

function picked({ pick }: Share, times = 1_000): Set<string> {
  return new Set(Array.from({ length: times }, pick));
}

describe('what services are asked for', () => {
  it('is any account at any of them', () => {
    for (const share of sharesOf(clients, { accounts: some })) expect(picked(share, 10_000).size).toBe(100);
  });

  it('is, where they are routed, each account at one of them, about as many at each', () => {
    const [one, two] = sharesOf({ ...clients, routed: true }, { accounts: some }).map((share) => picked(share, 10_000));
    expect(new Set([...(one ?? []), ...(two ?? [])]).size).toBe(100);
    expect((one?.size ?? 0) + (two?.size ?? 0)).toBe(100);
    expect(one?.size).toBeGreaterThan(30);
    expect(two?.size).toBeGreaterThan(30);
  });

  it('is nothing at the one that the only account is not sent to', () => {
    const shares = sharesOf({ ...clients, routed: true }, { accounts: { name: 'hot', count: 1 } });
    expect(shares.map((share) => [...picked(share)])).toEqual([['hot']]);
  });

  it('is each account once, whichever of them it is asked at', () => {
    const [one, two] = sharesOf(clients, { accounts: { name: 'new', first: 7, count: 3 }, picks: 'each-once' });
    expect([one?.pick(), two?.pick(), one?.pick()]).toEqual(['new-7', 'new-8', 'new-9']);
    expect(() => two?.pick()).toThrow('all 3 accounts of new have been used');
  });
});
