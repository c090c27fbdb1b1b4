import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { forEachConcurrently } from './for-each-concurrently.ts';

describe('forEachConcurrently', () => {
  it('visits every item once, in order, and never more than the limit at a time', async () => {
    const visited: number[] = [];
    let underWay = 0;
    let mostUnderWay = 0;
    const items = Array.from({ length: 20 }, (_, index) => index);
    await forEachConcurrently(items, 4, async (item) => {
      visited.push(item);
      mostUnderWay = Math.max(mostUnderWay, (underWay += 1));
      await sleep(item % 3);
      underWay -= 1;
    });
    expect(visited).toEqual(items);
    expect(mostUnderWay).toBe(4);
  });

  it('begins no visit after one failed, and waits for those under way', async () => {
    const finished: number[] = [];
    const visiting = forEachConcurrently([0, 1, 2, 3], 2, async (item) => {
      if (item === 1) throw new Error('visit 1 failed');
      await sleep(20);
      finished.push(item);
    });
    await expect(visiting).rejects.toThrow('visit 1 failed');
    expect(finished).toEqual([0]);
  });
});
