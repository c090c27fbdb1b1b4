import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a client may call its request: nothing that could be taken for something else in a log. */
const ID = /^[A-Za-z0-9_.:-]{1,128}$/;

/** The client's own id for the request, where it sends a sane one; otherwise one is made. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && ID.test(given) ? given : randomUUID();
}
