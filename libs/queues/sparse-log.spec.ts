import { expect, it } from '@jest/globals';
import { SparseLog } from './sparse-log.ts';

it('logs the first of many faults at once, and the next only after a while, with how many there were', () => {
  const lines: string[] = [];
  const log = new SparseLog((line) => lines.push(line));
  for (let time = 0; time < 10_000; time += 10) log.log(`fault at ${String(time)}`, time);
  expect(lines).toEqual(['fault at 0']);
  log.log('fault at 10000', 10_000);
  expect(lines).toEqual(['fault at 0', 'fault at 10000 (and 999 times something like it before)']);
  log.log('fault at 30000', 30_000);
  expect(lines.at(-1)).toBe('fault at 30000');
});
