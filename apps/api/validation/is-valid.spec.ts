import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { CreateAccountBody } from '../accounts/account.body.ts';
import { AuthorizeBatchBody, AuthorizeBody, CommitBody } from '../authorizations/authorization.body.ts';
import { CreateGrantBody } from '../grants/grant.body.ts';
import { QuoteBody } from '../quotes/quote.body.ts';
import { bodyOf, type BodyClass } from './body-classes.ts';
import { isValid } from './is-valid.ts';

const CHECKS = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true, stopAtFirstError: true };
const USAGE = { event: 'chat.completed', model: 'gpt-5', input_tokens: 600, output_tokens: 150 };
const HOLD = { account: 'acme', usage: USAGE, max_output_tokens: 800, tags: { feature: 'chat' }, expires_in: 60 };

const BODIES: readonly (readonly [BodyClass, object])[] = [
  [AuthorizeBody, HOLD],
  [AuthorizeBody, { account: 'acme', amount: '0.5', overage: null, fit: true, metadata: { a: [1] }, group: 'g' }],
  [AuthorizeBatchBody, { mode: 'independent', items: [HOLD, { account: 'b', amount: '1' }] }],
  [CommitBody, { usage: [USAGE, USAGE], settlement: 'estimated', final: false }],
  [CreateGrantBody, { amount: '10', kind: 'paid', scope: { models: ['gpt-5'], tags: { plan: ['pro'] } }, priority: 3 }],
  [QuoteBody, { account: 'acme', usage: [{ ...USAGE, times: 3 }] }],
  [
    CreateAccountBody,
    { id: 'acme', overdraft_limit: '5', commitment: { amount: '100', period: 'month' }, discount: '0.2' },
  ],
];
const valid = ([bodyClass, sent]: readonly [BodyClass, object]): boolean => isValid(bodyOf(bodyClass, sent));

describe('the quick check of a body', () => {
  it('passes bodies as they are usually sent', () => {
    expect(BODIES.slice(0, 4).map(valid)).toEqual([true, true, true, true]);
  });

  it('says what the library says, whatever stands in place of a field or beside it', () => {
    const replaced = fc.record({
      body: fc.constantFrom(...BODIES),
      name: fc.nat(7),
      isNew: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      value: fc.oneof(
        fc.constantFrom(null, undefined, '', '1', 0, 1, true, [], {}, [null], [{}], { a: 'b' }),
        fc.jsonValue(),
      ),
    });
    fc.assert(
      fc.property(replaced, ({ body: [bodyClass, sent], name, isNew, value }) => {
        const names = Object.keys(sent);
        const field = isNew ? 'another' : (names[name % names.length] ?? '');
        const body = bodyOf(bodyClass, { ...sent, [field]: value });
        expect(isValid(body)).toBe(validateSync(body, CHECKS).length === 0);
      }),
      { numRuns: 3000 },
    );
  });
});
