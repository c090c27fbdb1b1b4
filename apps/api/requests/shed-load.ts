import type { Engine } from '#ledger-store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isOpenToAll } from '../auth/needs.ts';
import { problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/send-problem.ts';

/** Reads share eight connections; as many as these wait for at most a few seconds. */
const READS_MAX = 400;

/** What ends the read of a request, where that is before its response. */
const ENDS = new WeakMap<FastifyRequest, () => void>();

/**
 * Refuses requests as soon as their head is read where there is as much to do as can be done: changes where the engine's
 * queue is nearly full, reads where hundreds of others are under way. Reading and checking a request costs several times
 * as much as this, and would take the time from those that are under way.
 */
export function shedLoad(fastify: FastifyInstance, engine: Pick<Engine, 'isBusyFor'>): void {
  let reads = 0;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isOpenToAll(request)) done();
    else if (request.method !== 'GET' && request.method !== 'HEAD') {
      if (engine.isBusyFor(Number(request.headers['content-length'] ?? 0))) refuseBusy(reply);
      else done();
    } else if (reads >= READS_MAX) refuseBusy(reply);
    else {
      reads += 1;
      const end = (): void => {
        reply.raw.off('close', end);
        reads -= 1;
      };
      // However it ends, also where the client has gone.
      reply.raw.once('close', end);
      if (request.routeOptions.config.isStream) ENDS.set(request, end);
      done();
    }
  });
}

/** For a stream that has read what it starts with: it isn't counted as a read any longer. */
export function endRead(request: FastifyRequest): void {
  ENDS.get(request)?.();
  ENDS.delete(request);
}

const BUSY = problem(
  'ledger_busy',
  'The ledger has as much work as it can take. Try again with the same Idempotency-Key.',
);

/** Answers 503 and when to come back. */
export function refuseBusy(reply: FastifyReply): void {
  sendProblem(reply, BUSY, { 'retry-after': '1' });
}
