import type { FastifyInstance } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { invalidRequest } from '../validation/body-pipe.ts';
import { refuseFields } from '../validation/no-fields.ts';
import { isPlainObject } from '../validation/rules.ts';
import { refuseInexact } from '../validation/inexact.ts';
import { refuseUnkeepable } from '../validation/unkeepable.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent. */
    bodyText: string;
  }
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Bodies are JSON objects. None at all counts as an empty one: a commit without an amount, a void. Only an operation that takes its
 * body raw gets the bytes, whatever is in them.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  fastify.decorateRequest('bodyText', '');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    if (request.routeOptions.config.takesRawBody) {
      done(null, bytes);
      return;
    }
    if (!isUtf8(bytes)) {
      done(invalidRequest([{ field: '', message: 'must be JSON in UTF-8' }]));
      return;
    }
    const text = bytes.toString();
    request.bodyText = text;
    const parsed = text === '' ? {} : parseJson(text);
    if (parsed instanceof SyntaxError) {
      // It quotes the text, which is the caller's own.
      done(invalidRequest([{ field: '', message: `must be JSON: ${parsed.message}` }]));
    } else done(null, parsed);
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (request.routeOptions.config.takesRawBody) {
      request.body ??= Buffer.alloc(0);
      done();
      return;
    }
    if (request.body === undefined) request.body = {};
    if (!isPlainObject(request.body)) throw invalidRequest([{ field: '', message: 'must be a JSON object' }]);
    refuseInexact(request.bodyText, refuseUnkeepable(request.body, request.bodyText));
    refuseUnkeepable(request.query as object);
    // Only what reads takes parameters, and has them checked by its own class.
    if (!READS.has(request.method)) refuseFields(request.query as object);
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
