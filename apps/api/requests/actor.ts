import type { Actor } from '#access';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../auth/authenticate.ts';

/** Who asks, and for what, as the audit log tells it. */
export function actorOf(request: FastifyRequest): Actor {
  const { keyId, keyName } = callerOf(request);
  return { keyId, keyName, call: `${request.method} ${request.routeOptions.url ?? ''}`, requestId: request.id };
}
