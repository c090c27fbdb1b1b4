import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { limitLargeRequests } from './limit-large-requests.ts';

let fastify: FastifyInstance;
let underWay: number;
let most: number;
let release: () => void;

beforeEach(() => {
  underWay = 0;
  most = 0;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  fastify = Fastify();
  fastify.decorateRequest('problem', null);
  limitLargeRequests(fastify);
  fastify.post('/', async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await released;
    underWay -= 1;
    return {};
  });
});
afterEach(() => fastify.close());

const ask = (length: number) => fastify.inject({ method: 'POST', url: '/', payload: { text: 'x'.repeat(length) } });
const statusesOf = async (asked: readonly ReturnType<typeof ask>[]): Promise<number[]> =>
  (await Promise.all(asked)).map(({ statusCode }) => statusCode);

describe('large requests', () => {
  it('are worked on two at a time, and each has its turn', async () => {
    const asked = Array.from({ length: 20 }, () => ask(40_000));
    while (underWay < 2) await new Promise((resolve) => setImmediate(resolve));
    release();
    expect(await statusesOf(asked)).toEqual(Array<number>(20).fill(200));
    expect(most).toBe(2);
  });

  it('keep no small one waiting', async () => {
    const large = Array.from({ length: 10 }, () => ask(40_000));
    const small = Array.from({ length: 10 }, () => ask(100));
    while (underWay < 12) await new Promise((resolve) => setImmediate(resolve));
    release();
    expect(await statusesOf([...large, ...small])).toEqual(Array<number>(20).fill(200));
    expect(most).toBe(12);
  });

  it('are refused before they are read where too many wait', async () => {
    const asked = Array.from({ length: 70 }, () => ask(40_000));
    const refused = await Promise.any(asked);
    expect(refused.statusCode).toBe(503);
    expect(refused.headers).toMatchObject({ 'retry-after': '1' });
    release();
    const statuses = await statusesOf(asked);
    expect(statuses.filter((status) => status === 200)).toHaveLength(66);
    expect(statuses.filter((status) => status === 503)).toHaveLength(4);
  });
});
