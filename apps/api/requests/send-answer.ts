import type { Answer, Rendered } from '#ledger-store';
import type { FastifyReply } from 'fastify';

/** Sends an answer of the ledger, a new one or one that was remembered. */
export function sendAnswer(reply: FastifyReply, answer: Answer): void {
  if (answer.replayed) reply.header('idempotency-replayed', 'true');
  const retryAfter = retryAfterOf(answer);
  if (retryAfter !== null) reply.header('retry-after', retryAfter);
  void reply
    .status(answer.status)
    .header('content-type', answer.status < 400 ? 'application/json; charset=utf-8' : 'application/problem+json')
    .send(answer.body);
}

/** The body says it as well, so that an answer given again has the same header. */
function retryAfterOf({ status, body }: Rendered): string | null {
  if (status !== 402) return null;
  const { retry_after: seconds } = JSON.parse(body) as { readonly retry_after?: number };
  return seconds === undefined ? null : String(seconds);
}
