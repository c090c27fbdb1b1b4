import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../test/support/eventually.ts';
import { Repeater } from './repeater.ts';

function repeater(task: () => Promise<boolean>, everyMs: number): { repeater: Repeater; log: string[] } {
  const log: string[] = [];
  return { repeater: new Repeater({ name: 'The task', everyMs, task, log: (line) => log.push(line) }), log };
}

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

  it('goes on soon where there is more to do', async () => {
    let runs = 0;
    const { repeater: it } = repeater(() => Promise.resolve((runs += 1) < 4), 60_000);
    it.start();
    await eventually('all is done', () => Promise.resolve(runs === 4));
    await it.stop();
  });

  it('runs at once when it is told to hurry, once more if it is under way', async () => {
    let runs = 0;
    let release = (): void => undefined;
    const { repeater: it } = repeater(async () => {
      runs += 1;
      await new Promise<void>((resolve) => (release = resolve));
      return false;
    }, 60_000);
    it.start();
    it.hurry();
    it.hurry();
    release();
    await eventually('it runs once more', () => Promise.resolve(runs === 2));
    release();
    await sleep(50);
    expect(runs).toBe(2);
    it.hurry();
    await eventually('it runs at once', () => Promise.resolve(runs === 3));
    release();
    await it.stop();
  });

  it('tells once that it fails, tries until it works, and tells that too', async () => {
    let runs = 0;
    const { repeater: it, log } = repeater(() => {
      runs += 1;
      return runs <= 3 ? Promise.reject(new Error('gone')) : Promise.resolve(false);
    }, 5);
    it.start();
    await eventually('it fails', () => Promise.resolve(it.isFailing));
    await eventually('it works', () => Promise.resolve(runs > 5));
    expect(it.isFailing).toBe(false);
    await it.stop();
    expect(log).toEqual(['The task failed, and is tried again until it works: Error: gone', 'The task works again.']);
  });
});
