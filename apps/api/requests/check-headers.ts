import type { FastifyInstance } from 'fastify';
import { problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/send-problem.ts';

/** The headers that say what a request is, by their names in lower case. */
const GIVEN_ONCE: ReadonlyMap<string, string> = new Map(
  ['Authorization', 'Content-Type', 'Host', 'Idempotency-Key'].map((name) => [name.toLowerCase(), name]),
);

/**
 * Refuses a request that gives one of these headers twice, or no host. Node would join two idempotency keys to a third one,
 * and leave out the second of the others, where a proxy may have looked at that one.
 */
export function checkHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { rawHeaders, headers, httpVersion } = request.raw;
    // HTTP/1.0 knew no Host.
    const lacksHost = headers.host === undefined && httpVersion === '1.1';
    // Where there are as many names as headers, none is given twice: most requests need no closer look.
    if (!lacksHost && rawHeaders.length === 2 * Object.keys(headers).length) {
      done();
      return;
    }
    const errors = repeatedIn(rawHeaders).map((field) => ({ field, message: 'must not be given twice' }));
    if (lacksHost) errors.push({ field: 'Host', message: 'is required' });
    if (errors.length === 0) done();
    else sendProblem(reply, problem('invalid_request', 'A header is malformed.', { errors }));
  });
}

/** @param rawHeaders names and values in turn, as they were sent */
function repeatedIn(rawHeaders: readonly string[]): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = GIVEN_ONCE.get(rawHeaders[at]?.toLowerCase() ?? '');
    if (name === undefined) continue;
    if (seen.has(name)) repeated.add(name);
    seen.add(name);
  }
  return [...repeated];
}
