import { describe, expect, it } from '@jest/globals';
import { usageFault } from './check-usage.ts';

describe('usageFault', () => {
  it.each([
    { input_tokens: 10, cache_read_tokens: 10 },
    { input_tokens: 10, cache_read_tokens: 6, input_audio_tokens: 6 },
    { output_tokens: '10.5', reasoning_tokens: '10.5' },
    { cache_read_tokens: 0 },
    { images: 3 },
    {},
  ])('finds nothing wrong with %j', (quantities) => {
    expect(usageFault({ event: 'used', ...quantities })).toBeNull();
  });

  it.each([
    [
      { input_tokens: 10, cache_read_tokens: 11 },
      'must not have more cache_read_tokens (11) than input_tokens (10), which they are a part of',
    ],
    [
      { input_tokens: 10, cache_write_1h_tokens: '10.5' },
      'must not have more cache_write_1h_tokens (10.5) than input_tokens (10), which they are a part of',
    ],
    [{ reasoning_tokens: 1 }, 'must have output_tokens, which reasoning_tokens is a part of'],
  ])('says of %j what is wrong', (quantities, fault) => {
    expect(usageFault({ event: 'used', ...quantities })).toBe(fault);
  });
});
