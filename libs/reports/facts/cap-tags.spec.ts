import { expect, it } from '@jest/globals';
import { capTags, monthName, type KnownValues } from './cap-tags.ts';
import type { TagRow } from './fact-sums.ts';
import { noMeasures } from './measures.ts';

const JANUARY = Date.UTC(2026, 0, 31, 23, 45);
const FEBRUARY = Date.UTC(2026, 1, 1);

function row(value: string, slot = JANUARY, tag = 'user'): TagRow {
  return { slot, tag, value, currency: '', measures: { ...noMeasures(), requests: 1 } };
}

function capped(rows: readonly TagRow[], known = new Map<string, KnownValues>()): (string | number)[][] {
  return capTags(rows, known, 2).map(({ tag, value, slot, measures }) => [
    ...[tag, value, measures.requests],
    slot === JANUARY ? 'January' : 'February',
  ]);
}

it('tells the first values of a month apart, for each tag, and puts the others together', () => {
  const rows = [row('a'), row('b'), row('c'), row('d'), row('a'), row('c', FEBRUARY), row('x', JANUARY, 'team')];
  expect(capped(rows)).toEqual([
    ['user', 'a', 1, 'January'],
    ['user', 'b', 1, 'January'],
    ['user', 'a', 1, 'January'],
    ['user', 'c', 1, 'February'],
    ['team', 'x', 1, 'January'],
    ['user', '(other)', 2, 'January'],
  ]);
});

it('counts those that were there before, and never what has no value', () => {
  const known = new Map([[monthName('user', Date.UTC(2026, 0)), { count: 2, values: new Set(['z']) }]]);
  expect(capped([row('(none)'), row('a'), row('z'), row('(other)'), row('(erased)')], known)).toEqual([
    ['user', '(none)', 1, 'January'],
    ['user', 'z', 1, 'January'],
    ['user', '(erased)', 1, 'January'],
    ['user', '(other)', 2, 'January'],
  ]);
});
