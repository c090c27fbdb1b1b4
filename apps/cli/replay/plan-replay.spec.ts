import { describe, expect, it } from '@jest/globals';
import { ZERO } from '#amounts';
import { planReplay } from './plan-replay.ts';
import { readReplayCard } from './replay-card.ts';

const priceOf = (model: string, input: string, output: string) => ({
  event: 'chat.completed',
  match: { model },
  components: [
    { quantity: 'input_tokens', amount: input, per: '1000000' },
    { quantity: 'output_tokens', amount: output, per: '1000000' },
  ],
});
const card = readReplayCard(JSON.stringify([priceOf('large', '3', '15'), priceOf('small', '0.3', '2')]), 'card.json');

const options = {
  run: 'r1',
  customers: 100,
  shortShare: 0.1,
  card,
  maxOutput: 1024,
};
const rows = Array.from({ length: 5000 }, (_, index) => ({
  atMs: index,
  inputTokens: 100 + index,
  outputTokens: index % 900,
}));

describe('planReplay', () => {
  it('authorizes the prompt and the bound, and commits what was really used', () => {
    const { requests } = planReplay([{ atMs: 7, inputTokens: 374, outputTokens: 44 }], options);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.bound.toFixed()).toBe('0.016482');
    expect(requests[0]?.cost.toFixed()).toBe('0.001782');
    expect(requests[0]).toMatchObject({
      row: 1,
      atMs: 7,
      inputTokens: 374,
      outputTokens: 44,
      model: { model: 'large' },
    });
    expect(requests[0]).toMatchObject({ authorizeKey: 'r1-a-000001', commitKey: 'r1-c-000001' });
  });

  it('takes the models in turn, each at its own prices', () => {
    const { requests } = planReplay(rows.slice(0, 3), options);
    expect(requests.map(({ model }) => model.model)).toEqual(['large', 'small', 'large']);
    expect(requests.map(({ cost }) => cost.toFixed())).toEqual(['0.0003', '0.0000323', '0.000336']);
  });

  it('spreads requests over users and features', () => {
    const { requests } = planReplay(rows, options);
    const users = Map.groupBy(requests, ({ tags }) => tags['user']);
    const features = Map.groupBy(requests, ({ tags }) => tags['feature']);
    expect([users.size, features.size]).toEqual([10, 3]);
    for (const { length } of features.values()) expect(length).toBeGreaterThan(rows.length / 4);
  });

  it('gives the same plan for the same trace', () => {
    expect(planReplay(rows, options)).toEqual(planReplay(rows, options));
  });

  it('never uses a key or an account id twice', () => {
    const { customers, requests } = planReplay(rows, options);
    expect(new Set(requests.flatMap((request) => [request.authorizeKey, request.commitKey])).size).toBe(
      2 * rows.length,
    );
    expect(new Set(customers.map(({ account }) => account)).size).toBe(customers.length);
  });

  it('spreads requests over all customers, some busy and some quiet', () => {
    const { customers, requests } = planReplay(rows, options);
    const counts = customers.map((customer) => requests.filter((request) => request.customer === customer).length);
    expect(customers).toHaveLength(100);
    expect(Math.max(...counts)).toBeGreaterThan(8 * Math.min(...counts));
  });

  it('grants ample customers the sum of their bounds, and short ones half of what they will use', () => {
    const { customers, requests } = planReplay(rows, options);
    expect(customers.filter(({ ample }) => !ample)).toHaveLength(10);
    for (const customer of customers) {
      const own = requests.filter((request) => request.customer === customer);
      const sum = own.reduce((total, { bound, cost }) => total.plus(customer.ample ? bound : cost), ZERO);
      expect(customer.granted.toFixed()).toBe(customer.ample ? sum.toFixed() : sum.dividedBy(2).toFixed());
    }
  });

  it('grants ample customers enough for answers above the bound too, and counts them', () => {
    const plan = planReplay([{ atMs: 0, inputTokens: 0, outputTokens: 2000 }], {
      ...options,
      customers: 1,
      shortShare: 0,
    });
    expect(plan.overBound).toBe(1);
    expect(plan.customers[0]?.granted.toFixed()).toBe('0.03');
  });

  it('leaves out customers without a request', () => {
    const { customers } = planReplay(rows.slice(0, 3), options);
    expect(customers.length).toBeLessThanOrEqual(3);
  });

  it('always grants a short customer something, however little it will use', () => {
    const plan = planReplay([{ atMs: 0, inputTokens: 0, outputTokens: 0 }], { ...options, shortShare: 1 });
    expect(plan.customers[0]?.granted.toFixed()).toBe('0.000000000001');
  });
});
