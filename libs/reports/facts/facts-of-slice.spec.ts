import { expect, it } from '@jest/globals';
import { usageOf, type UsageFixture } from '../testing/usage-fixture.ts';

const PER_1000 = (model: string, amount: string) => ({
  event: 'chat',
  match: { model },
  components: [{ quantity: 'input_tokens', per: '1000', amount }],
});
const chat = (model: string, tokens: number) => ({ event: 'chat', model, input_tokens: tokens });

function ledger(credits = '100'): UsageFixture {
  return usageOf([PER_1000('a', '1'), PER_1000('b', '2'), PER_1000('free', '0')], credits);
}

it('shares what is charged for several models by what each was priced at, to the last digit', () => {
  const books = ledger('1');
  const hold = books.authorizeUsage(chat('a', 1000));
  books.commitUsage(hold, [chat('a', 1000), chat('b', 1000)]);
  expect(books.facts().models).toEqual({
    a: { requests: 1, unknownCosts: 1, paid: '0.333333333333', uncollected: '0.666666666667' },
    b: { unknownCosts: 1, paid: '0.666666666667', uncollected: '1.333333333333' },
  });
});

it('shares evenly what was priced at nothing, and knows no model of what was only an amount', () => {
  const books = ledger();
  const hold = books.authorizeUsage(chat('a', 4000));
  books.commitUsage(hold, [chat('free', 1000), chat('none', 1000)], { amount: '3' });
  books.charge('2');
  expect(books.facts().models).toEqual({
    free: { requests: 1, unknownCosts: 1, paid: '1.5' },
    none: { unknownCosts: 1, paid: '1.5' },
    '': { requests: 1, unknownCosts: 1, paid: '2' },
  });
});

it('moves to the models that an adjustment states what was booked to others', () => {
  const books = ledger();
  const charge = books.chargeUsage(chat('a', 4000));
  books.refund(charge, '1');
  expect(books.facts().models).toEqual({ a: { requests: 1, unknownCosts: 1, paid: '3', refunded: '1' } });
  books.adjust(charge, chat('b', 3000));
  expect(books.facts()).toMatchObject({
    models: { a: { requests: 1 }, b: { unknownCosts: 1, paid: '5', refunded: '1' } },
    quantities: { 'b input_tokens': ['3000', '6', '0'] },
  });
  expect(Object.keys(books.facts().quantities)).toEqual(['b input_tokens']);
});

it('attributes to a tag that a commit adds what is charged from that commit on', () => {
  const books = ledger();
  const hold = books.authorizeUsage(chat('a', 5000), { tags: { user: 'jo' } });
  books.commitUsage(hold, chat('a', 1000), { final: false });
  const added = { tags: { team: 'red' }, metadata: {} };
  books.commitUsage(hold, chat('a', 1000), { final: false, added });
  books.commitUsage(hold, chat('a', 2000));
  expect(books.facts(['user', 'team']).tags).toEqual({
    'user jo': { requests: 1, unknownCosts: 3, paid: '4' },
    'team (none)': { requests: 1, unknownCosts: 1, paid: '1' },
    'team red': { unknownCosts: 2, paid: '3' },
  });
});

it('counts a request once, and a late one as late', () => {
  const books = ledger();
  const hold = books.authorizeUsage(chat('a', 1000));
  books.advance(3600);
  books.commitUsage(hold, chat('a', 2000));
  expect(books.facts().models).toEqual({ a: { requests: 1, late: 1, unknownCosts: 1, paid: '2' } });
});

it('adds an unpriced usage to its own model', () => {
  const books = ledger();
  books.commitUsage(books.authorizeUsage(chat('a', 1000)), chat('other', 5));
  expect(books.facts().models).toEqual({ other: { requests: 1, unpriced: 1, unknownCosts: 1, paid: '1' } });
});

it('puts names together that are too long for the key of a sum, whatever their bytes', () => {
  const books = ledger();
  const long = (character: string, length: number): string => character.repeat(length);
  const named = (model: string, quantity: string) => ({ event: 'chat', model, [quantity]: 5 });
  const tags = (user: string) => ({ amount: '1', tags: { user } });
  books.chargeUsage(named(long('😀', 128), long('😀', 128)), tags(long('😀', 256)));
  books.chargeUsage(named(long('m', 129), long('q', 3000)), tags(long('u', 257)));
  books.chargeUsage(named(long('😀', 129), long('r', 3000)), tags(long('v', 600)));
  const facts = books.facts(['user']);
  expect(Object.keys(facts.models)).toEqual([long('😀', 128), '(other)']);
  expect(facts.models['(other)']).toMatchObject({ requests: 2 });
  expect(facts.quantities).toEqual({
    [`${long('😀', 128)} ${long('😀', 128)}`]: ['5', '0', '0'],
    '(other) (other)': ['10', '0', '0'],
  });
  expect(facts.tags).toMatchObject({
    [`user ${long('😀', 256)}`]: { requests: 1 },
    'user (other)': { requests: 2 },
  });
});
