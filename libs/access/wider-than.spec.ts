import { describe, expect, it } from '@jest/globals';
import { widerThan } from './wider-than.ts';

const key = (expiresAt: number | null, ...allowedAddresses: string[]) => ({ expiresAt, allowedAddresses });

describe('a key is wider than its maker', () => {
  it.each([
    ['is made by an unbound key, and is unbound', key(null), key(null), null],
    ['is made by an unbound key, and is bound', key(null), key(5, '10.0.0.0/8'), null],
    ['expires with it', key(5), key(5), null],
    ['expires before it', key(5), key(4), null],
    ['expires after it', key(5), key(6), 'api_key_expires_later'],
    ['never expires', key(5), key(null), 'api_key_expires_later'],
    ['is let in from anywhere', key(null, '10.0.0.0/8'), key(null), 'api_key_addresses_wider'],
    ['is let in from the same', key(null, '10.0.0.0/8', '::1'), key(null, '::1', '10.0.0.0/8'), null],
    ['is let in from a part', key(null, '10.0.0.0/8'), key(null, '10.1.2.0/24', '10.9.9.9'), null],
    ['is let in from more', key(null, '10.0.0.0/8'), key(null, '10.0.0.0/7'), 'api_key_addresses_wider'],
    [
      'is let in from elsewhere too',
      key(null, '10.0.0.0/8'),
      key(null, '10.1.1.1', '11.1.1.1'),
      'api_key_addresses_wider',
    ],
    ['is let in from another family', key(null, '0.0.0.0/0'), key(null, '::/0'), 'api_key_addresses_wider'],
    ['is let in from a part of a v6 network', key(null, '2001:db8::/32'), key(null, '2001:db8:1::/48'), null],
    ['is let in from all of v6', key(null, '2001:db8::/32'), key(null, '::/0'), 'api_key_addresses_wider'],
  ])('only where it does more: %s', (_, maker, wanted, expected) => {
    expect(widerThan(maker, wanted)).toBe(expected);
  });
});
