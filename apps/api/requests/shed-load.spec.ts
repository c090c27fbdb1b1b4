import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { shedLoad } from './shed-load.ts';

let fastify: FastifyInstance;
/** The engine, whose queue is nearly full or isn't. */
let isBusy = false;
const engine = { isBusyFor: (length: number) => isBusy || length > 1000 };
beforeEach(() => {
  isBusy = false;
  fastify = Fastify();
  fastify.decorateRequest('problem', null);
  shedLoad(fastify, engine);
  fastify.all('/v1/charges', () => ({}));
  fastify.all('/health/live', { config: { needs: null } }, () => ({}));
});
afterEach(() => fastify.close());

const ask = (method: InjectOptions['method'], url: string) => fastify.inject({ method: method ?? 'GET', url });

describe('while the queue of the engine is nearly full', () => {
  it('changes are refused with 503 and when to come back, however their path is written; all else goes on', async () => {
    isBusy = true;
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE'] as const) {
      for (const url of ['/v1/charges', '/%761/charges']) {
        const answer = await ask(method, url);
        expect(answer.statusCode).toBe(503);
        expect(answer.headers).toMatchObject({
          'retry-after': '1',
          'content-type': expect.stringMatching(/^application\/problem\+json/),
        });
        expect(answer.json()).toMatchObject({ code: 'ledger_busy' });
      }
    }
    expect((await ask('GET', '/v1/charges')).statusCode).toBe(200);
    expect((await ask('POST', '/health/live')).statusCode).toBe(200);
    isBusy = false;
    expect((await ask('POST', '/v1/charges')).statusCode).toBe(200);
  });

  it('a large request may be refused by its length, while a small one passes', async () => {
    const payload = { text: 'x'.repeat(1000) };
    expect((await fastify.inject({ method: 'POST', url: '/v1/charges', payload })).statusCode).toBe(503);
    expect((await ask('POST', '/v1/charges')).statusCode).toBe(200);
  });
});
