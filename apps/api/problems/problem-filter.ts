import { LedgerUnavailable, type UnavailableReason } from '#ledger-store';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from '../requests/refuse-unrouted.ts';
import { problem, ProblemError, type Problem, type ProblemCode } from './problem.ts';
import { sendProblem } from './send-problem.ts';

const UNAVAILABLE: Record<UnavailableReason, ProblemCode> = {
  queue_full: 'ledger_busy',
  database_unavailable: 'ledger_unavailable',
  outcome_unknown: 'outcome_unknown',
  stopping: 'ledger_unavailable',
};

/** Turns whatever was thrown into a problem. What was our fault goes to the log with the request, and to no client. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { body, headers, fault } = answerTo(error, reply.request);
    reply.request.fault = fault;
    sendProblem(reply, body, headers);
  }
}

interface ProblemAnswer {
  readonly body: Problem;
  readonly headers?: Readonly<Record<string, string>>;
  /** What kept us from answering. */
  readonly fault?: unknown;
}

function answerTo(error: unknown, request: FastifyRequest): ProblemAnswer {
  if (error instanceof ProblemError) return { body: error.problem, headers: error.headers };
  if (error instanceof LedgerUnavailable) {
    const hint = 'Try again with the same Idempotency-Key: nothing happens twice.';
    const body = problem(UNAVAILABLE[error.reason], `${error.message} ${hint}`);
    return { body, headers: { 'retry-after': '1' }, fault: error.cause };
  }
  const expected = requestProblem(error, request);
  if (expected) return { body: expected };
  return {
    body: problem('internal_error', 'The fault is logged. A retry with the same Idempotency-Key is safe.'),
    fault: error,
  };
}

/** What Fastify and Nest refuse by themselves: a path with an empty part, a body that can't be read. */
function requestProblem(error: unknown, request: FastifyRequest): Problem | null {
  switch (statusOf(error)) {
    case 404:
      return notFound(request);
    case 413:
      return problem(
        'body_too_large',
        'A body may have at most 256 KiB; that of a batch, a rate card or a quote at most 1 MiB.',
      );
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
