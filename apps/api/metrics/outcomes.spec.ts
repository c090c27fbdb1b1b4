import { refused, type Outcome } from '#ledger';
import { describe, expect, it } from '@jest/globals';
import { outcomesOf } from './outcomes.ts';

const yes: Outcome<object> = { ok: true, value: {} };
const no: Outcome<never> = refused({ code: 'authorization_not_found' });

describe('what a command counts for', () => {
  it('is one decision, accepted, refused for its reason, or replayed', () => {
    expect(outcomesOf('charge', yes)).toEqual([{ kind: 'charge', result: 'accepted', count: 1 }]);
    expect(outcomesOf('void', no)).toEqual([{ kind: 'void', result: 'authorization_not_found', count: 1 }]);
    expect(outcomesOf('authorize_batch', null)).toEqual([{ kind: 'authorize', result: 'replayed', count: 1 }]);
  });

  it('is for a batch what each of its items is alone', () => {
    const items = [yes, no, yes];
    expect(outcomesOf('commit_batch', { ok: true, value: { mode: 'independent', items } })).toEqual([
      { kind: 'commit', result: 'accepted', count: 2 },
      { kind: 'commit', result: 'authorization_not_found', count: 1 },
    ]);
  });

  it('tells those apart that fell with their batch', () => {
    const outcome: Outcome<never> = {
      ok: false,
      refusal: { code: 'authorization_not_found' },
      items: [yes, no],
    };
    expect(outcomesOf('charge_batch', outcome)).toEqual([
      { kind: 'charge', result: 'batch_refused', count: 1 },
      { kind: 'charge', result: 'authorization_not_found', count: 1 },
    ]);
  });
});
