import { describe, expect, it } from '@jest/globals';
import { SingleFlight } from './single-flight.ts';

describe('a single flight', () => {
  it('gives all who ask at once the result of one run, and those who ask later that of another', async () => {
    const flight = new SingleFlight<number>();
    let runs = 0;
    const task = (): Promise<number> => Promise.resolve((runs += 1));
    expect(await Promise.all([flight.run(task), flight.run(task)])).toEqual([1, 1]);
    expect(await flight.run(task)).toBe(2);
  });

  it('fails for all who asked, and for nobody who asks later', async () => {
    const flight = new SingleFlight<string>();
    const failed = flight.run(() => Promise.reject(new Error('gone')));
    await expect(Promise.all([failed, flight.run(() => Promise.resolve('fine'))])).rejects.toThrow('gone');
    await flight.settled();
    expect(await flight.run(() => Promise.resolve('fine'))).toBe('fine');
  });
});
