import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import { problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/send-problem.ts';

/** A single request is some hundred bytes, and up to 16 KiB of metadata and a list of usage. */
export const BODY_BYTES_MAX = 256 * 1024;
/**
 * A batch has up to a thousand items, a quote as many usages, a rate card prices for hundreds of models, and a vendor's answer may
 * be a long stream: a commit that is refused for its size would let its hold lapse. What a provider has to say of a payment may
 * carry a whole invoice.
 */
const LARGE_BODY_BYTES_MAX = 1024 * 1024;
/** Of the first line and all headers together. */
export const HEAD_BYTES_MAX = 16 * 1024;
const HEADERS_MAX = 100;

const LARGE = new RegExp(
  [
    '[/-]batch$',
    '/rate-cards(?:/:id/versions)?$',
    '/quotes$',
    '/(?:commit|adjust|charges|usage/normalize)$',
    '/providers/stripe/webhook$',
  ].join('|'),
);

/** Bounds what one request may send, each operation by its own measure. */
export function limitSizes(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (LARGE.test(route.url)) route.bodyLimit = LARGE_BODY_BYTES_MAX;
  });
  // Node leaves out what comes after as many headers, without a word. One more than are allowed tells that there were more.
  const server: Server = fastify.server;
  server.maxHeadersCount = HEADERS_MAX + 1;
  const tooMany = problem('headers_too_large', `A request may have at most ${String(HEADERS_MAX)} headers.`);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.raw.rawHeaders.length > 2 * HEADERS_MAX) sendProblem(reply, tooMany);
    else done();
  });
}
