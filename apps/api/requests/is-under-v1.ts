import type { FastifyRequest } from 'fastify';

/**
 * Whether the request is to an operation under `/v1`, or to one that isn't there. The router takes a path's percent-encoding
 * off before it looks, so of a request that has an operation it is the operation's path that counts: `/%761/charges` is one
 * of ours.
 */
export function isUnderV1({ routeOptions, url }: FastifyRequest): boolean {
  return (routeOptions.url ?? url).startsWith('/v1/');
}
