import type { Engine } from '#ledger-store';
import type { FastifyInstance } from 'fastify';
import { problem } from '../problems/problem.ts';

/**
 * Refuses what would change the books as soon as its head is read, where the engine has as much work as it can take.
 * Reading and checking a request costs several times as much as this, and would take the time from those that are under
 * way. Reads go on.
 */
export function shedLoad(fastify: FastifyInstance, engine: Pick<Engine, 'isBusy'>): void {
  const body = JSON.stringify(
    problem('ledger_busy', 'The ledger has as much work as it can take. Try again with the same Idempotency-Key.'),
  );
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!engine.isBusy || request.method === 'GET' || request.method === 'HEAD') {
      done();
      return;
    }
    void reply.status(503).header('retry-after', '1').header('content-type', 'application/problem+json').send(body);
  });
}
