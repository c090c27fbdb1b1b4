import type { Engine } from '#ledger-store';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { isOpenToAll } from '../auth/needs.ts';
import { problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/send-problem.ts';

/** Reads share eight connections; as many as these wait for at most a few seconds. */
const READS_MAX = 400;

/**
 * Refuses requests as soon as their head is read where there is as much to do as can be done: changes where the engine's
 * queue is nearly full, reads where hundreds of others are under way. Reading and checking a request costs several times
 * as much as this, and would take the time from those that are under way.
 */
export function shedLoad(fastify: FastifyInstance, engine: Pick<Engine, 'isBusyFor'>): void {
  let reads = 0;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isOpenToAll(request) || request.routeOptions.config.isStream) done();
    else if (request.method !== 'GET' && request.method !== 'HEAD') {
      if (engine.isBusyFor(Number(request.headers['content-length'] ?? 0))) refuseBusy(reply);
      else done();
    } else if (reads >= READS_MAX) refuseBusy(reply);
    else {
      reads += 1;
      // However it ends, also where the client has gone.
      reply.raw.once('close', () => {
        reads -= 1;
      });
      done();
    }
  });
}

const BUSY = problem(
  'ledger_busy',
  'The ledger has as much work as it can take. Try again with the same Idempotency-Key.',
);

/** Answers 503 and when to come back. */
export function refuseBusy(reply: FastifyReply): void {
  sendProblem(reply, BUSY, { 'retry-after': '1' });
}
