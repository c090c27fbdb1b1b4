import type { Answer } from '#ledger-store';
import type { FastifyReply } from 'fastify';

/** A problem says its code and when to come back in the body as well, so that an answer given again is told like the first. */
interface ProblemBody {
  readonly code: string;
  readonly retry_after?: number;
}

/**
 * Sends an answer of the ledger, a new one or one that was remembered.
 *
 * @param hasKey whether the request has an idempotency key, under which a decline is remembered
 */
export function sendAnswer(reply: FastifyReply, { status, body, replayed }: Answer, hasKey: boolean): void {
  if (replayed) reply.header('idempotency-replayed', 'true');
  if (status < 400) {
    void reply.status(status).header('content-type', 'application/json; charset=utf-8').send(body);
    return;
  }
  const { code, retry_after: seconds } = JSON.parse(body) as ProblemBody;
  reply.request.problem = code;
  if (status === 402 && hasKey && code !== 'spend_rate_exceeded') reply.header('purser-decline-final', 'true');
  if (seconds !== undefined) reply.header('retry-after', String(seconds));
  void reply.status(status).header('content-type', 'application/problem+json').send(body);
}
