import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from './canonical-json.ts';
import type { Json } from './json.ts';

describe('canonical JSON', () => {
  it('is the same in whatever order fields stand, at any depth', () => {
    const one = { b: [{ d: 1, c: null }], a: { '': 'ä"', 10: true, 9: '0.50' } };
    const other = { a: { 9: '0.50', 10: true, '': 'ä"' }, b: [{ c: null, d: 1 }] };
    expect(canonicalJson(one)).toBe('{"a":{"":"ä\\"","10":true,"9":"0.50"},"b":[{"c":null,"d":1}]}');
    expect(canonicalJson(other)).toBe(canonicalJson(one));
  });

  it('tells apart what says something else', () => {
    const values: Json[] = [null, 0, '0', false, '', [], {}, [[]], [{}], { a: null }, { a: [] }, [1, 2], [2, 1]];
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length);
  });
});
