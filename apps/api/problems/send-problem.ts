import type { FastifyReply } from 'fastify';
import type { Problem } from './problem.ts';

/** Answers a request with a problem. */
export function sendProblem(
  reply: FastifyReply,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): void {
  reply.request.problem = problem.code;
  void reply
    .status(problem.status)
    .headers(headers)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(problem));
}
