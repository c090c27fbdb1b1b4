import { expect, it } from '@jest/globals';
import { textTable } from './text-table.ts';

it('lines up names on the left and figures on the right', () => {
  expect(
    textTable([
      ['', 'per second'],
      ['hot', '9,120'],
      ['spread', '12'],
    ]),
  ).toBe(['        per second', 'hot          9,120', 'spread          12'].join('\n'));
});
