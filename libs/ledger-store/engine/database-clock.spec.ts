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

  it('goes by the reading that was the fastest to come in', () => {
    let passed = 0;
    const clock = new DatabaseClock(() => passed);
    clock.set(1000);
    passed = 20;
    clock.set(1012);
    expect(clock.now()).toBe(1019);
    clock.set(1024);
    expect(clock.now()).toBe(1024);
  });

  it('never goes back, though it trusts an old reading less and less', () => {
    let passed = 0;
    const clock = new DatabaseClock(() => passed);
    clock.set(1000);
    passed = 100_000;
    expect(clock.now()).toBe(101_000);
    clock.set(100_500);
    expect(clock.now()).toBe(101_000);
    passed = 100_050;
    expect(clock.now()).toBe(101_040);
  });

  it('may go back once it was doubted', () => {
    const clock = new DatabaseClock(() => 0);
    clock.set(1000);
    clock.doubt();
    clock.set(400);
    expect(clock.now()).toBe(400);
  });
});
