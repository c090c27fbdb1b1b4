import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { notFound } from '../requests/refuse-unrouted.ts';
import { requestIdOf } from '../requests/request-id.ts';
import { problem, type Problem } from './problem.ts';
import { sendProblem } from './send-problem.ts';

/** Problems that arise before a request reaches a route, or before it is a request at all. They are answered like all others. */

/** For a path that Fastify can't take apart: broken percent-encoding, or a part longer than any id. */
export function answerUnroutable(
  error: { readonly statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const body =
    error.statusCode === 400
      ? problem('invalid_request', 'The path could not be read.', {
          errors: [{ field: '', message: 'must have a path in valid percent-encoding' }],
        })
      : notFound(request);
  sendProblem(reply, body, { 'x-request-id': request.id });
}

const LINGER_MS = 1_000;

/** For what isn't HTTP, comes too slowly, or has too large a head: Node hands us the bare socket. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  endWith(socket, problemOf(error));
}

/** For an `Expect` that we know nothing of. Node itself answers `100-continue`. */
export function answerExpectation(request: IncomingMessage, response: ServerResponse): void {
  const body = problem('expectation_failed', 'Of Expect, only “100-continue” is known.');
  const text = JSON.stringify(body);
  response
    .writeHead(body.status, {
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(text),
      'x-request-id': requestIdOf(request),
      connection: 'close',
    })
    .end(text);
}

/** For a client that takes us for a proxy. */
export function answerConnect(_request: IncomingMessage, socket: Duplex): void {
  endWith(socket, problem('method_not_allowed', 'There is no CONNECT. This is not a proxy.'), ['allow: GET, POST']);
}

function endWith(socket: Duplex, body: Problem, headers: readonly string[] = []): void {
  const text = JSON.stringify(body);
  socket.end(
    [
      `HTTP/1.1 ${String(body.status)} ${STATUS_CODES[body.status] ?? ''}`,
      'content-type: application/problem+json',
      `content-length: ${String(Buffer.byteLength(text))}`,
      ...headers,
      'connection: close',
      '',
      text,
    ].join('\r\n'),
  );
  // A client that keeps its side open, or doesn't read, must not keep ours. Closing at once could lose the answer.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

function problemOf({ code }: NodeJS.ErrnoException): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return problem('headers_too_large', 'The head of a request may have at most 16 KiB.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem('request_timeout', 'The request did not arrive in time.');
    default:
      return problem('invalid_request', 'This is not valid HTTP/1.1.', {
        errors: [{ field: '', message: 'must be HTTP/1.1' }],
      });
  }
}
