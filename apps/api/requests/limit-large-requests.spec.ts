import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { readJsonBodies } from './json-bodies.ts';
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
  readJsonBodies(fastify);
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

  it('are refused where too many wait', async () => {
    const asked = Array.from({ length: 70 }, () => ask(40_000));
    const refused = await Promise.any(asked);
    expect(refused.statusCode).toBe(503);
    expect(refused.headers).toMatchObject({ 'retry-after': '1' });
    release();
    const statuses = await statusesOf(asked);
    expect(statuses.filter((status) => status === 200)).toHaveLength(66);
    expect(statuses.filter((status) => status === 503)).toHaveLength(4);
  });

  it('whose bodies never arrive keep nobody waiting', async () => {
    const port = await listening();
    const strangers = Array.from({ length: 4 }, () => connect({ port, host: '127.0.0.1' }));
    for (const socket of strangers) socket.write(`${HEAD}content-length: 40000\r\n\r\n{`);
    release();
    expect((await ask(40_000)).statusCode).toBe(200);
    for (const socket of strangers) socket.destroy();
  });

  it('have their turns too where their length is not announced', async () => {
    const port = await listening();
    const body = JSON.stringify({ text: 'x'.repeat(40_000) });
    const sockets = Array.from({ length: 5 }, () => connect({ port, host: '127.0.0.1' }));
    for (const socket of sockets) {
      socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
    }
    while (underWay < 2) await new Promise((resolve) => setImmediate(resolve));
    release();
    await Promise.all(sockets.map((socket) => once(socket, 'data')));
    expect(most).toBe(2);
    for (const socket of sockets) socket.destroy();
  });

  it('whose clients have gone give their turns to others', async () => {
    const port = await listening();
    const body = JSON.stringify({ text: 'x'.repeat(40_000) });
    const sockets = Array.from({ length: 2 }, () => connect({ port, host: '127.0.0.1' }));
    for (const socket of sockets) socket.write(`${HEAD}content-length: ${String(body.length)}\r\n\r\n${body}`);
    while (underWay < 2) await new Promise((resolve) => setImmediate(resolve));
    for (const socket of sockets) socket.destroy();
    const third = ask(40_000);
    while (underWay < 3) await new Promise((resolve) => setImmediate(resolve));
    release();
    expect((await third).statusCode).toBe(200);
  });
});

const HEAD = 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

async function listening(): Promise<number> {
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  return (fastify.server.address() as AddressInfo).port;
}
