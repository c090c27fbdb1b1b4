import type { FastifyInstance, FastifyReply } from 'fastify';
import { refuseBusy } from './shed-load.ts';

/** Some 250 items of a batch. What is shorter is checked within a millisecond or two. */
const LARGE = 32 * 1024;
/** One is checked and decided while another is being written. */
const AT_ONCE_MAX = 2;
/** As many are worked off in a few seconds. */
const WAITING_MAX = 64;

/**
 * Lets large requests in one after the other. To check a batch of a thousand takes as long as hundreds of single requests,
 * which must not wait for thirty of them that arrive at once.
 *
 * Only one whose body has arrived may have a turn, and it ends with the answer, not with its reading: nobody keeps the turn
 * who sends slowly, or doesn't read.
 */
export function limitLargeRequests(fastify: FastifyInstance): void {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else underWay -= 1;
  };
  fastify.addHook('preValidation', (request, reply, done) => {
    const enter = (): void => {
      onceAnswered(reply, leave);
      // Whatever came while the last one was worked on goes first.
      setImmediate(done);
    };
    if (request.bodyText.length < LARGE) done();
    else if (underWay < AT_ONCE_MAX) {
      underWay += 1;
      enter();
    } else if (waiting.length < WAITING_MAX) waiting.push(enter);
    else refuseBusy(reply);
  });
}

/** Calls back once: when the answer is complete, or when the client has gone. */
function onceAnswered({ raw }: FastifyReply, callback: () => void): void {
  if (raw.closed) {
    callback();
    return;
  }
  const end = (): void => {
    raw.off('prefinish', end).off('close', end);
    callback();
  };
  raw.once('prefinish', end).once('close', end);
}
