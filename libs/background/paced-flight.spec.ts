import { describe, expect, it } from '@jest/globals';
import { PacedFlight } from './paced-flight.ts';

const INTERVAL_MS = 50;

describe('a paced flight', () => {
  it('gives all who ask at once the result of one run', async () => {
    let runs = 0;
    const flight = new PacedFlight(INTERVAL_MS, () => Promise.resolve((runs += 1)));
    expect(await Promise.all([flight.run(), flight.run(), flight.run()])).toEqual([1, 1, 1]);
  });

  it('gives whoever asks during a run the result of the next one, which starts an interval later', async () => {
    const startedAt: number[] = [];
    const asked: Promise<number>[] = [];
    const flight: PacedFlight<number> = new PacedFlight(INTERVAL_MS, async () => {
      startedAt.push(performance.now());
      await Promise.resolve();
      if (startedAt.length === 1) asked.push(flight.run(), flight.run());
      return startedAt.length;
    });
    expect(await flight.run()).toBe(1);
    expect(await Promise.all(asked)).toEqual([2, 2]);
    const [first = 0, second = 0] = startedAt;
    expect(second - first).toBeGreaterThanOrEqual(INTERVAL_MS - 1);
  });

  it('fails for those who asked for the run that failed, and for nobody else', async () => {
    let runs = 0;
    const flight = new PacedFlight(0, async () => {
      await Promise.resolve();
      if ((runs += 1) === 1) throw new Error('gone');
      return 'fine';
    });
    await expect(Promise.all([flight.run(), flight.run()])).rejects.toThrow('gone');
    expect(await flight.run()).toBe('fine');
  });
});
