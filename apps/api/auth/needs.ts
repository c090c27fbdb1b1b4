import type { Scope } from '#access';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';

/**
 * How a request names the one account that it is about: by the account's id in its path, by the id of an object there, by
 * a filter of its query, by its body, or by every item of its body. `none`: it is about no account, and any may see it.
 */
export type AccountNaming =
  | 'path'
  | 'authorization'
  | 'grant'
  | 'event'
  | 'topup'
  | 'purchase'
  | 'query'
  | 'body'
  | 'items'
  | 'authorizations_of_items'
  | 'none';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scopes of which a caller's key needs one; `admin` always will do. `null`: no key is needed. */
    needs?: readonly Scope[] | null;
    /** Whether its answer goes on and on, so that it is neither slow nor under way. */
    isStream?: true;
    /** Whether it tells a load balancer or supervisor how the process is, and so must never be refused. */
    isProbe?: true;
    /** Whether a POST only answers a question, so that it needs no Idempotency-Key. */
    changesNothing?: true;
    /** Whether its body is read as bytes, because a signature is of just these: the rules for JSON don't hold for it. */
    takesRawBody?: true;
    /** Where it names its account. A key that is bound to an account is let in nowhere else. */
    account?: AccountNaming;
  }
}

/** Says which scopes let a key in to an operation: any one of these, or `admin`. An operation that doesn't say needs `admin`. */
export const Needs = (...scopes: readonly Scope[]): MethodDecorator => routeConfig({ needs: scopes });

/** The same for an operation whose answer is a stream. */
export const StreamNeeds = (...scopes: readonly Scope[]): MethodDecorator =>
  routeConfig({ needs: scopes, isStream: true });

/** Lets keys in to an operation that are bound to an account, where it names just that account. */
export const OfAccount = (account: AccountNaming): MethodDecorator => routeConfig({ account });

/** Marks a POST that only answers a question too long for a query. */
export const ChangesNothing = (): MethodDecorator => routeConfig({ changesNothing: true });

/**
 * Whether a request is for one of the few operations that need no key. Told by the operation and not by the path, which may be
 * written in several ways (`/%761/accounts`, `http://host/v1/accounts`) and is the same to the router.
 */
export function isOpenToAll(request: FastifyRequest): boolean {
  return request.routeOptions.config.needs === null;
}

/** Marks an operation whose body is a `Buffer`, as it was sent. */
export const RawBody = (): MethodDecorator => routeConfig({ takesRawBody: true });

/** Marks an operation that needs no API key. */
export const OpenToAll = (): MethodDecorator => routeConfig({ needs: null });

/** Marks an operation that needs no API key and isn't counted against the rate limit: refused, it would restart the process. */
export const Probe = (): MethodDecorator => routeConfig({ needs: null, isProbe: true });

/** Nest's own `RouteConfig` keeps what the last one says, and nothing of the others. */
function routeConfig(more: FastifyContextConfig): MethodDecorator {
  return (_prototype, _name, { value: handler }) => {
    if (typeof handler !== 'function') throw new Error('Only a method can be a route.');
    const config = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as FastifyContextConfig | undefined;
    Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { ...config, ...more }, handler);
  };
}
