import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HoldExpiries, type HoldExpiry } from './hold-expiries.ts';

const NEVER = Number.POSITIVE_INFINITY;

function known(horizon: number, ...ats: readonly number[]): HoldExpiries {
  return HoldExpiries.of(
    ats.map((at) => ({ id: `at-${at}`, at })),
    horizon,
  );
}

describe('the expiries of all open holds', () => {
  it('tell exactly when the next one expires', () => {
    const expiries = known(NEVER, 10, 20, 30);
    expect([expiries.earliest(), expiries.isExact()]).toEqual([10, true]);
  });

  it('are none where no hold is open', () => {
    expect([HoldExpiries.none().earliest(), HoldExpiries.none().isExact()]).toEqual([null, true]);
    const closed = known(NEVER, 10);
    closed.remove('at-10');
    expect([closed.earliest(), closed.isExact()]).toEqual([null, true]);
  });

  it('follow what is opened, extended and closed', () => {
    const expiries = known(NEVER, 10, 20);
    expiries.add('new', 5);
    expect(expiries.earliest()).toBe(5);
    expiries.move('new', 15);
    expect(expiries.earliest()).toBe(10);
    expiries.remove('at-10');
    expect(expiries.earliest()).toBe(15);
    expiries.remove('new');
    expect(expiries.earliest()).toBe(20);
  });

  it('are told without one hold, in whatever order the others were opened', () => {
    const expiries = known(NEVER, 10);
    expiries.add('late', 30);
    expiries.add('soon', 20);
    expect([expiries.withoutHold('at-10').earliest(), expiries.withoutHold('at-10').isExact()]).toEqual([20, true]);
    expect(expiries.withoutHold('late').earliest()).toBe(10);
    expiries.remove('soon');
    expect(expiries.withoutHold('at-10').earliest()).toBe(30);
    expiries.remove('late');
    expect(expiries.withoutHold('at-10').earliest()).toBeNull();
    expect(known(30, 10).withoutHold('at-10').isExact()).toBe(false);
    expect(expiries.earliest()).toBe(10);
  });

  it('are moved back to an earlier time too', () => {
    const expiries = known(NEVER, 10);
    for (const at of [20, 10, 20, 10]) expiries.move('at-10', at);
    expect(expiries.earliest()).toBe(10);
    expiries.remove('at-10');
    expect(expiries.earliest()).toBeNull();
  });
});

describe('the expiries of the first open holds', () => {
  it('are exact as long as one of them is open', () => {
    const expiries = known(20, 10, 20);
    expiries.remove('at-10');
    expect([expiries.earliest(), expiries.isExact()]).toEqual([20, true]);
    expiries.remove('at-20');
    expect([expiries.earliest(), expiries.isExact()]).toEqual([20, false]);
  });

  it('are a guess where only holds beyond the horizon are known', () => {
    const expiries = known(20);
    expiries.add('later', 30);
    expect([expiries.earliest(), expiries.isExact()]).toEqual([20, false]);
    expiries.add('sooner', 20);
    expect([expiries.earliest(), expiries.isExact()]).toEqual([20, true]);
  });

  it('take in a hold from beyond the horizon when it is extended', () => {
    const expiries = known(20, 20);
    expiries.move('unseen', 40);
    expiries.remove('at-20');
    expect([expiries.earliest(), expiries.isExact()]).toEqual([20, false]);
  });

  it('are not changed when an unseen hold is closed', () => {
    const expiries = known(20, 10, 20);
    expiries.remove('unseen');
    expect([expiries.earliest(), expiries.isExact()]).toEqual([10, true]);
  });
});

/** An open hold, and whether its expiry was ever read or noted. */
interface Hold extends HoldExpiry {
  readonly isKnown: boolean;
}

const id = fc.nat({ max: 30 }).map(String);
const at = fc.nat({ max: 50 });
const change = fc.record({ id, at, closes: fc.boolean() });

/** Closes a hold; or opens it, or extends it where it is open. */
function changed(holds: readonly Hold[], { id, at, closes }: HoldExpiry & { readonly closes: boolean }): Hold[] {
  const others = holds.filter((hold) => hold.id !== id);
  const before = holds.find((hold) => hold.id === id)?.at ?? at;
  return closes ? others : [...others, { id, at: Math.max(at, before), isKnown: true }];
}

/** Its entries as text: a map isn't shown, the heap is. */
function sizeOf(expiries: HoldExpiries): number {
  return JSON.stringify(expiries).length;
}

describe('HoldExpiries', () => {
  it('agrees with a plain list of all holds, however many of them were read', () => {
    const start = fc.uniqueArray(fc.record({ id, at }), { selector: (hold) => hold.id });
    fc.assert(
      fc.property(start, fc.nat({ max: 10 }), fc.array(change, { maxLength: 200 }), (start, read, changes) => {
        const sorted = start.toSorted((a, b) => a.at - b.at);
        const first = sorted.slice(0, read);
        const horizon = first.length === sorted.length ? NEVER : (first.at(-1)?.at ?? 0);
        const expiries = HoldExpiries.of(first, horizon);
        let holds: Hold[] = sorted.map((hold, index) => ({ ...hold, isKnown: index < read }));
        for (const change of changes) {
          const before = holds;
          holds = changed(holds, change);
          const hold = holds.find((one) => one.id === change.id);
          if (!hold) expiries.remove(change.id);
          else if (before.some((one) => one.id === change.id)) expiries.move(hold.id, hold.at);
          else expiries.add(hold.id, hold.at);
          const next = Math.min(...holds.map((hold) => hold.at));
          const nextKnown = Math.min(...holds.filter(({ isKnown }) => isKnown).map((hold) => hold.at));
          expect(expiries.isExact()).toBe(horizon === NEVER || nextKnown <= horizon);
          if (expiries.isExact()) expect(expiries.earliest() ?? NEVER).toBe(next);
          else expect(expiries.earliest()).toBe(horizon);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes no more memory than the open holds, however many were opened and closed', () => {
    const expiries = HoldExpiries.none();
    expiries.add('first', 0);
    for (let at = 1; at <= 100_000; at += 1) {
      expiries.add(String(at), at);
      expiries.remove(String(at));
    }
    expect(sizeOf(expiries)).toBeLessThan(1000);
    const ids = Array.from({ length: 10_000 }, (_, at) => String(at));
    for (const id of ids) expiries.add(id, Number(id));
    expect(sizeOf(expiries)).toBeGreaterThan(10_000);
    for (const id of ids) expiries.remove(id);
    expect(sizeOf(expiries)).toBeLessThan(1000);
  });

  it('takes no more memory than the open holds, however often one of them is extended', () => {
    const expiries = HoldExpiries.none();
    for (let at = 0; at < 10_000; at += 1) expiries.move('one', at);
    expect(sizeOf(expiries)).toBeLessThan(1000);
  });

  it('opens, extends and closes a hundred thousand holds in no time', () => {
    const expiries = HoldExpiries.none();
    const count = 100_000;
    for (let at = count; at > 0; at -= 1) expiries.add(String(at), at);
    const found: (number | null)[] = [];
    for (let at = 1; expiries.isExact(); at += 1) {
      found.push(expiries.earliest());
      if (at % 2 === 0) expiries.remove(String(at));
      else expiries.move(String(at), at + count);
    }
    expect(found.length).toBeGreaterThanOrEqual(2048);
    expect(found).toEqual(Array.from(found, (_, index) => index + 1));
    expect(expiries.earliest()).toBe(found.length);
  });

  it('remembers a few thousand holds, those that expire first', () => {
    const expiries = HoldExpiries.none();
    for (let at = 1; at <= 100_000; at += 1) expiries.add(String(at), at);
    const few = sizeOf(expiries);
    expect(few).toBeLessThan(300_000);
    for (let at = 100_001; at <= 200_000; at += 1) expiries.add(String(at), at);
    expect(sizeOf(expiries)).toBe(few);
    expect([expiries.earliest(), expiries.isExact()]).toEqual([1, true]);
  });

  it('forgets a hold that is extended beyond what is remembered', () => {
    const expiries = known(20, 10, 20);
    expiries.move('at-10', 30);
    expect([expiries.earliest(), expiries.isExact()]).toEqual([20, true]);
    expiries.remove('at-20');
    expect([expiries.earliest(), expiries.isExact()]).toEqual([20, false]);
  });
});
