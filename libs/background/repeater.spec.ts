import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../test/support/eventually.ts';
import { Repeater } from './repeater.ts';

function repeater(task: () => Promise<boolean>, everyMs: number): { repeater: Repeater; log: string[] } {
  const log: string[] = [];
  const options = {
    title: 'The task',
    everyMs,
    retryMs: Math.min(everyMs, 10_000),
    task,
    log: (line: string) => log.push(line),
  };
  return { repeater: new Repeater(options), log };
}

/** A task whose runs end when they are released. */
function heldTask() {
  const held = { runs: 0, release: (): void => undefined };
  const task = async (): Promise<boolean> => {
    held.runs += 1;
    await new Promise<void>((resolve) => (held.release = resolve));
    return false;
  };
  return { held, task };
}

afterEach(() => void jest.useRealTimers());

describe('a repeater', () => {
  it('runs its task at once, then every so often, never twice at the same time', async () => {
    let runs = 0;
    let running = 0;
    let most = 0;
    const { repeater: it } = repeater(async () => {
      most = Math.max(most, (running += 1));
      runs += 1;
      await sleep(30);
      running -= 1;
      return false;
    }, 10);
    it.start();
    expect(runs).toBe(1);
    await eventually('it has run again and again', () => Promise.resolve(runs >= 5));
    await it.stop();
    expect(most).toBe(1);
    expect(running).toBe(0);
    const after = runs;
    await sleep(50);
    expect(runs).toBe(after);
  });

  it('waits before the first run where it is told to', async () => {
    let runs = 0;
    const { repeater: it } = repeater(() => Promise.resolve((runs += 1) < 1), 60_000);
    it.start(60_000);
    await it.runNow();
    expect(runs).toBe(1);
    await it.stop();
  });

  it('goes on soon where there is more to do', async () => {
    let runs = 0;
    const { repeater: it } = repeater(() => Promise.resolve((runs += 1) < 4), 60_000);
    it.start();
    await eventually('all is done', () => Promise.resolve(runs === 4));
    await it.stop();
  });

  it('runs at once when it is asked to, once more if it is under way, and says when that run has ended', async () => {
    const { held, task } = heldTask();
    const { repeater: it } = repeater(task, 60_000);
    it.start();
    const ended: string[] = [];
    const asked = [it.runNow().then(() => ended.push('one')), it.runNow().then(() => ended.push('other'))];
    held.release();
    await eventually('it runs once more', () => Promise.resolve(held.runs === 2));
    expect(ended).toEqual([]);
    held.release();
    await Promise.all(asked);
    expect(held.runs).toBe(2);
    const later = it.runNow();
    await eventually('it runs at once', () => Promise.resolve(held.runs === 3));
    held.release();
    await later;
    await it.stop();
  });

  it('keeps nobody waiting for a run that will never be', async () => {
    const { held, task } = heldTask();
    const { repeater: it } = repeater(task, 60_000);
    await it.runNow();
    it.start();
    const asked = it.runNow();
    const stopped = it.stop();
    held.release();
    await Promise.all([asked, stopped, it.runNow()]);
    expect(held.runs).toBe(1);
  });

  it('logs once that it fails, tries until it works, and logs that too', async () => {
    let isGone = true;
    let runs = 0;
    const { repeater: it, log } = repeater(() => {
      runs += 1;
      return isGone ? Promise.reject(new Error('gone')) : Promise.resolve(false);
    }, 5);
    it.start();
    await eventually('it fails', () => Promise.resolve(runs > 3 && it.isFailing));
    isGone = false;
    await eventually('it works', () => Promise.resolve(!it.isFailing));
    await it.stop();
    expect(log).toEqual(['The task failed, and is tried again until it works: Error: gone', 'The task works again.']);
  });

  it('logs a failure that goes on once an hour, so that it is found', async () => {
    jest.useFakeTimers();
    const { repeater: it, log } = repeater(() => Promise.reject(new Error('gone')), 10_000);
    it.start();
    await jest.advanceTimersByTimeAsync(50 * 60 * 1000);
    expect(log).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(10 * 60 * 1000);
    expect(log).toHaveLength(2);
    await it.stop();
  });
});
