import { describe, expect, it } from '@jest/globals';
import { acceptedEncoding } from './accepted-encoding.ts';

describe('the encoding of content', () => {
  it('is the one that the client likes best, the smallest of several', () => {
    expect(acceptedEncoding('br;q=0.1, gzip;q=0.9')).toBe('gzip');
    expect(acceptedEncoding('gzip;q=0.5, br;q=0.5')).toBe('br');
    expect(acceptedEncoding('gzip, deflate, br, zstd')).toBe('br');
    expect(acceptedEncoding('gzip')).toBe('gzip');
    expect(acceptedEncoding('GZIP;q=0.5 , deflate')).toBe('gzip');
    expect(acceptedEncoding('*')).toBe('br');
  });

  it('is none that the client refuses or doesn’t name', () => {
    expect(acceptedEncoding()).toBeNull();
    expect(acceptedEncoding('')).toBeNull();
    expect(acceptedEncoding('identity, deflate')).toBeNull();
    expect(acceptedEncoding('gzip;q=0')).toBeNull();
    expect(acceptedEncoding('gzip; q=0.0, *;q=0')).toBeNull();
    expect(acceptedEncoding('br;q=0, *')).toBe('gzip');
    expect(acceptedEncoding('gzip;q=much')).toBeNull();
  });
});
