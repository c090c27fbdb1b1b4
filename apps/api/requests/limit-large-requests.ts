import type { FastifyInstance } from 'fastify';
import { refuseBusy } from './shed-load.ts';

/** Some 250 items of a batch. What is shorter is read and checked within a millisecond or two. */
const LARGE_BYTES = 32 * 1024;
/** One is read, checked and decided while another is being written. */
const AT_ONCE_MAX = 2;
/** As many are worked off in a few seconds. */
const WAITING_MAX = 64;

/**
 * Lets large requests in one after the other. To read and check a batch of a thousand takes as long as hundreds of single
 * requests, which must not wait for thirty of them that arrive at once. Until its turn comes, the body of a large one isn't
 * read.
 */
export function limitLargeRequests(fastify: FastifyInstance): void {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else underWay -= 1;
  };
  fastify.addHook('onRequest', (request, reply, done) => {
    const enter = (): void => {
      // However it ends, also where the client has gone.
      if (reply.raw.closed) leave();
      else reply.raw.once('close', leave);
      // Whatever came while the last one was worked on goes first.
      setImmediate(done);
    };
    if (Number(request.headers['content-length'] ?? 0) < LARGE_BYTES) done();
    else if (underWay < AT_ONCE_MAX) {
      underWay += 1;
      enter();
    } else if (waiting.length < WAITING_MAX) waiting.push(enter);
    else refuseBusy(reply);
  });
}
