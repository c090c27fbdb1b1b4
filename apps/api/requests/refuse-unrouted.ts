import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem, type Problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/send-problem.ts';

/** What an answer quotes of a path, which may have kilobytes. */
const QUOTED_LENGTH_MAX = 200;

/**
 * Refuses a request that no operation takes before its body is read: with 405 and the methods that the path has, or with
 * 404 where the path has none. Neither needs a key, as there is nothing behind them.
 */
export function refuseUnrouted(fastify: FastifyInstance): void {
  const methodsByRoute = new Map<string, string[]>();
  fastify.addHook('onRoute', ({ url, method }) => {
    methodsByRoute.set(url, [...(methodsByRoute.get(url) ?? []), ...[method].flat()]);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) {
      done();
      return;
    }
    const path = pathOf(request);
    const methods = [...methodsByRoute].filter(([route]) => isOf(route, path)).flatMap(([, of]) => of);
    if (methods.length === 0) sendProblem(reply, notFound(request));
    else sendProblem(reply, methodNotAllowed(request, methods), { allow: methods.sort().join(', ') });
  });
}

export function notFound(request: FastifyRequest): Problem {
  return problem('not_found', `There is no ${request.method} ${quoted(request)}.`);
}

function methodNotAllowed(request: FastifyRequest, methods: readonly string[]): Problem {
  const all = methods.filter((method) => method !== 'HEAD').join(' and ');
  return problem('method_not_allowed', `There is no ${request.method} ${quoted(request)}. The path takes ${all}.`);
}

function quoted(request: FastifyRequest): string {
  const path = pathOf(request);
  return path.length <= QUOTED_LENGTH_MAX ? path : `${path.slice(0, QUOTED_LENGTH_MAX)}…`;
}

/** Without the host that a proxy's client may put before it. */
function pathOf({ url }: FastifyRequest): string {
  const [path = ''] = url.replace(/^https?:\/\/[^/?]*/i, '').split('?');
  return path;
}

/** @param route a path whose parameters begin with a colon */
function isOf(route: string, path: string): boolean {
  const parts = path.split('/');
  const wanted = route.split('/');
  return (
    parts.length === wanted.length &&
    wanted.every((part, at) => (part.startsWith(':') ? parts[at] !== '' : part === parts[at]))
  );
}
