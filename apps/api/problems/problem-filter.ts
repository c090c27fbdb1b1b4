import { LedgerUnavailable, type UnavailableReason } from '#ledger-store';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { problem, ProblemError, type Problem, type ProblemCode } from './problem.ts';

const UNAVAILABLE: Record<UnavailableReason, ProblemCode> = {
  queue_full: 'ledger_busy',
  database_unavailable: 'ledger_unavailable',
  outcome_unknown: 'outcome_unknown',
  stopping: 'ledger_unavailable',
};

/** Turns whatever was thrown into a problem. What we didn't foresee is logged here and tells the client nothing. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: (line: string) => void) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { body, headers } = this.problemOf(error);
    void reply
      .status(body.status)
      .headers(headers)
      .header('content-type', 'application/problem+json')
      .send(JSON.stringify(body));
  }

  private problemOf(error: unknown): { body: Problem; headers: Readonly<Record<string, string>> } {
    if (error instanceof ProblemError) return { body: error.problem, headers: error.headers };
    if (error instanceof LedgerUnavailable) {
      const hint = 'Try again with the same Idempotency-Key: nothing happens twice.';
      if (error.reason !== 'queue_full') this.log(`${error.message} ${String(error.cause)}`);
      return { body: problem(UNAVAILABLE[error.reason], `${error.message} ${hint}`), headers: { 'retry-after': '1' } };
    }
    const expected = requestProblem(error);
    if (expected) return { body: expected, headers: {} };
    this.log(`unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return {
      body: problem('internal_error', 'The fault is logged. A retry with the same Idempotency-Key is safe.'),
      headers: {},
    };
  }
}

/** What Fastify and Nest refuse by themselves: a path that isn't there, a body that can't be read. */
function requestProblem(error: unknown): Problem | null {
  switch (statusOf(error)) {
    case 404:
      return problem('not_found', 'No operation has this method and path.');
    case 413:
      return problem('body_too_large', 'A body may have at most 1 MiB.');
    case 415:
      return problem('unsupported_media_type', 'Send the body as JSON, with content-type: application/json.');
    case 400:
      return problem('invalid_request', 'The body could not be read.', {
        errors: [{ field: '', message: messageOf(error) }],
      });
    default:
      return null;
  }
}

function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return null;
}

/** The web server's own words for what it couldn't read; they quote the request and nothing of ours. */
function messageOf(error: unknown): string {
  return error instanceof Error ? `could not be read: ${error.message}` : 'could not be read';
}
