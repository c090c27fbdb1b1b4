import type { Scope } from '#access';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scopes of which a caller's key needs one; `admin` always will do. `null`: no key is needed. */
    needs?: readonly Scope[] | null;
    /** Whether its answer goes on and on, so that it is neither slow nor under way. */
    isStream?: true;
    /** Whether it tells a load balancer or supervisor how the process is, and so must never be refused. */
    isProbe?: true;
  }
}

/** Says which scopes let a key in to an operation: any one of these, or `admin`. An operation that doesn't say needs `admin`. */
export const Needs = (...scopes: readonly Scope[]): MethodDecorator => RouteConfig({ needs: scopes });

/** The same for an operation whose answer is a stream. */
export const StreamNeeds = (...scopes: readonly Scope[]): MethodDecorator =>
  RouteConfig({ needs: scopes, isStream: true });

/**
 * Whether a request is for one of the few operations that need no key. Told by the operation and not by the path, which may be
 * written in several ways (`/%761/accounts`, `http://host/v1/accounts`) and is the same to the router.
 */
export function isOpenToAll(request: FastifyRequest): boolean {
  return request.routeOptions.config.needs === null;
}

/** Marks an operation that needs no API key. */
export const OpenToAll = (): MethodDecorator => RouteConfig({ needs: null });

/** Marks an operation that needs no API key and isn't counted against the rate limit: refused, it would restart the process. */
export const Probe = (): MethodDecorator => RouteConfig({ needs: null, isProbe: true });
