import { describe, expect, it } from '@jest/globals';
import { Amount, formatAmount } from '#amounts';
import { medianOf, spikeIn } from './spikes.ts';
import type { SpikeRule } from './rules.ts';

const RULE: SpikeRule = { factor: new Amount(8), floor: new Amount(100), action: 'alert', seconds: null, tag: null };

function amounts(...texts: readonly string[]): Amount[] {
  return texts.map((text) => new Amount(text));
}

describe('a spike', () => {
  it('is an hour of so many times the median of the same hours', () => {
    const earlier = amounts('20', '10', '30', '20', '1000', '0', '25');
    expect(spikeIn(RULE, new Amount('159.999999999999'), earlier)).toBeNull();
    const found = spikeIn(RULE, new Amount(160), earlier);
    expect(found && [found.usual, found.threshold].map(formatAmount)).toEqual(['20', '160']);
  });

  it('is none below the floor, which alone decides where nothing was spent before', () => {
    expect(spikeIn(RULE, new Amount(99), amounts('1', '1', '1', '1', '1', '1', '1'))).toBeNull();
    expect(spikeIn(RULE, new Amount(100), amounts('1', '1', '1', '1', '1', '1', '1'))).not.toBeNull();
    expect(spikeIn(RULE, new Amount(99), [])).toBeNull();
    expect(spikeIn(RULE, new Amount(100), [])).not.toBeNull();
  });

  it('takes the middle of two for the median of an even number', () => {
    expect(formatAmount(medianOf(amounts('4', '1')))).toBe('2.5');
    expect(formatAmount(medianOf(amounts('0', '0', '3', '9')))).toBe('1.5');
    expect(formatAmount(medianOf([]))).toBe('0');
    expect(formatAmount(medianOf(amounts('7')))).toBe('7');
  });
});
