import type { Actor } from '#ledger-store';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../auth/authenticate.ts';

/** Who asks, and for what, as the audit log tells it: operations are named as in the API's description. */
export function actorOf(request: FastifyRequest): Actor {
  const { keyId, keyName } = callerOf(request);
  const path = (request.routeOptions.url ?? '').replaceAll(/:(\w+)/g, '{$1}');
  return { keyId, keyName, call: `${request.method} ${path}`, requestId: request.id };
}
