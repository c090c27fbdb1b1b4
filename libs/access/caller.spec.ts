import { describe, expect, it } from '@jest/globals';
import { Caller } from './caller.ts';

const callerFrom = (...allowedAddresses: string[]): Caller =>
  new Caller({ keyId: 'id', keyName: 'name', environment: 'live', scopes: ['read'], allowedAddresses, account: null });

describe('a key with allowed addresses', () => {
  it.each([
    ['203.0.113.0/24', '203.0.113.7'],
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.0/24', '::ffff:203.0.113.7'],
    ['2001:db8::/32', '2001:db8:1::7'],
    ['::1', '::1'],
  ])('%s may be used from %s', (allowed, address) => {
    expect(callerFrom('198.51.100.1', allowed).mayComeFrom(address)).toBe(true);
  });

  it.each([
    ['203.0.113.0/24', '203.0.114.7'],
    ['203.0.113.7', '203.0.113.8'],
    ['203.0.113.0/24', '::ffff:203.0.114.7'],
    ['2001:db8::/32', '2001:db9::7'],
    ['0.0.0.0/0', '2001:db8::7'],
    ['203.0.113.0/24', ''],
    ['203.0.113.0/24', 'unknown'],
  ])('%s may not be used from “%s”', (allowed, address) => {
    expect(callerFrom(allowed).mayComeFrom(address)).toBe(false);
  });

  it('may be used from anywhere where there are none', () => {
    expect(callerFrom().mayComeFrom('203.0.113.7')).toBe(true);
  });
});
