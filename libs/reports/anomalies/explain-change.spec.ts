import { Amount, formatAmount } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { contributors, type CreditsByValue } from './contributors.ts';
import { decompose } from './decompose.ts';
import { explainChange } from './explain-change.ts';

function credits(values: Readonly<Record<string, number>>): CreditsByValue {
  return new Map(Object.entries(values).map(([value, used]) => [value, new Amount(used)]));
}

describe('contributors', () => {
  it('are the values that changed most, and the rest as one', () => {
    const found = contributors(credits({ a: 10, b: 5, c: 1, d: 1 }), credits({ b: 50, c: 2, d: 1, e: 3 }), 2);
    expect(found.map(({ value, change }) => [value, formatAmount(change)])).toEqual([
      ['b', '45'],
      ['a', '-10'],
      [null, '4'],
    ]);
  });

  it('say nothing of a rest where there is none', () => {
    expect(contributors(credits({ a: 1, b: 0 }), credits({ b: 0 }), 1)).toHaveLength(1);
  });
});

describe('the sentence', () => {
  const usage = (model: string, requests: number, used: number) => ({
    model,
    requests,
    credits: new Amount(used),
    quantities: new Map(),
  });

  it('names what has changed, the causes by their weight, and what most of it is', () => {
    const change = decompose([usage('large', 10, 100)], [usage('large', 15, 180), usage('small', 5, 2.5)]);
    const model = contributors(credits({ large: 100 }), credits({ large: 180, small: 2.5 }), 5);
    const user = contributors(credits({ u1: 50, u2: 50 }), credits({ u1: 60, u2: 80, u3: 42.5 }), 5);
    const dimensions = [
      { dimension: 'model', contributors: model },
      { dimension: 'tag.user', contributors: user },
    ];
    expect(explainChange(change, 'credits', dimensions)).toBe(
      '82.5 credits more than before (+82.5 %), 182.5 instead of 100: +100 by more requests, −47.5 by a cheaper mix of models and ' +
        '+30 by larger requests. Most of it is model large (+80) and tag.user u3 (+42.5).',
    );
  });

  it('says so where less was used, where nothing was used before, and where nothing changed', () => {
    expect(explainChange(decompose([usage('a', 10, 10)], [usage('a', 5, 5)]), 'credits', [])).toBe(
      '5 credits less than before (−50 %), 5 instead of 10: −5 by fewer requests.',
    );
    expect(explainChange(decompose([], [usage('a', 5, 5)]), 'tokens', [])).toBe(
      '5 tokens where nothing was used before.',
    );
    expect(explainChange(decompose([], []), 'credits', [])).toBe('As much was used as before: 0 credits.');
  });
});
