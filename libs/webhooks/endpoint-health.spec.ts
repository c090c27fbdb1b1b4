import { describe, expect, it } from '@jest/globals';
import { failingNotice } from './endpoint-health.ts';

const DAY = 24 * 60 * 60 * 1000;

describe('an endpoint that only fails', () => {
  it('is told of after half of five days and after nine tenths, and is disabled after all of them', () => {
    expect(failingNotice(2.5 * DAY - 1, 0)).toBeNull();
    expect(failingNotice(2.5 * DAY, 0)).toBe(50);
    expect(failingNotice(4.5 * DAY - 1, 50)).toBeNull();
    expect(failingNotice(4.5 * DAY, 50)).toBe(90);
    expect(failingNotice(5 * DAY - 1, 90)).toBeNull();
    expect(failingNotice(5 * DAY, 90)).toBe(100);
  });

  it('is told of once, by the highest of several notices', () => {
    expect(failingNotice(4.6 * DAY, 0)).toBe(90);
    expect(failingNotice(4.6 * DAY, 90)).toBeNull();
  });

  it('is never disabled before it was told of at nine tenths, however rarely it was tried', () => {
    expect(failingNotice(30 * DAY, 0)).toBe(90);
    expect(failingNotice(30 * DAY, 50)).toBe(90);
    expect(failingNotice(30 * DAY, 90)).toBe(100);
  });
});
