import { describe, expect, it } from '@jest/globals';
import { DatabaseClock } from './database-clock.ts';

describe('the database’s clock', () => {
  it('is not told before it was read, nor after it was doubted', () => {
    const clock = new DatabaseClock(() => 5);
    expect(clock.now()).toBeNull();
    clock.set(1000);
    expect(clock.now()).toBe(1000);
    clock.doubt();
    expect(clock.now()).toBeNull();
  });

  it('goes on by what has passed since, in whole milliseconds', () => {
    let passed = 70.25;
    const clock = new DatabaseClock(() => passed);
    clock.set(1000);
    passed += 12.9;
    expect(clock.now()).toBe(1012);
  });

  it('never goes back, also when a reading arrives late', () => {
    let passed = 0;
    const clock = new DatabaseClock(() => passed);
    clock.set(1000);
    passed = 20;
    expect(clock.now()).toBe(1020);
    clock.set(1010);
    expect(clock.now()).toBe(1020);
    passed = 31;
    expect(clock.now()).toBe(1021);
  });

  it('may go back once it was doubted', () => {
    const clock = new DatabaseClock(() => 0);
    clock.set(1000);
    clock.doubt();
    clock.set(400);
    expect(clock.now()).toBe(400);
  });
});
