import type { FastifyRequest } from 'fastify';
import { callerOf } from '../auth/authenticate.ts';
import type { Viewer } from './authorization.view.ts';

/** Whose answer it is: an account's own key doesn't see what its usage costs the operator. */
export function viewerOf(request: FastifyRequest): Viewer {
  return { seesCost: callerOf(request).account === null };
}
