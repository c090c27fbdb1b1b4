import { fullEffort, type Effort } from '#pricing';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../auth/authenticate.ts';
import type { Viewer } from './authorization.view.ts';

/** Who has sent a request, and gets its answer. */
export interface Sender extends Viewer {
  /** What reading the usage of the request may take, over all items of a batch. */
  readonly effort: Effort;
}

/** Whose answer it is: an account's own key doesn't see what its usage costs the operator. */
export function viewerOf(request: FastifyRequest): Viewer {
  return { seesCost: callerOf(request).account === null };
}

export function senderOf(request: FastifyRequest): Sender {
  return { ...viewerOf(request), effort: fullEffort() };
}
