import type { FastifyInstance } from 'fastify';
import { invalidRequest } from '../validation/body-pipe.ts';
import { isPlainObject } from '../validation/rules.ts';
import { refuseUnkeepable } from '../validation/unkeepable.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Characters of the body. */
    bodyLength: number;
  }
}

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
