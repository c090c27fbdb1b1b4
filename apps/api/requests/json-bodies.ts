import type { FastifyInstance } from 'fastify';
import { invalidRequest } from '../validation/body-pipe.ts';
import { refuseFields } from '../validation/no-fields.ts';
import { isPlainObject } from '../validation/rules.ts';
import { refuseUnkeepable } from '../validation/unkeepable.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Characters of the body. */
    bodyLength: number;
  }
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Bodies are JSON objects. None at all counts as an empty one: a commit without an amount, a void. */
export function readJsonBodies(fastify: FastifyInstance): void {
  fastify.decorateRequest('bodyLength', 0);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    request.bodyLength = body.length;
    const parsed = body === '' ? {} : parseJson(body as string);
    if (parsed instanceof SyntaxError) {
      // It quotes the text, which is the caller's own.
      done(invalidRequest([{ field: '', message: `must be JSON: ${parsed.message}` }]));
    } else done(null, parsed);
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined) request.body = {};
    if (!isPlainObject(request.body)) throw invalidRequest([{ field: '', message: 'must be a JSON object' }]);
    refuseUnkeepable(request.body);
    refuseUnkeepable(request.query);
    // Only what reads takes parameters, and has them checked by its own class.
    if (!request.is404 && !READS.has(request.method)) refuseFields(request.query as object);
    done();
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
}
