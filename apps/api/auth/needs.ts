import type { Scope } from '#access';
import { RouteConfig } from '@nestjs/platform-fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scopes of which a caller's key needs one; `admin` always will do. `null`: no key is needed. */
    needs?: readonly Scope[] | null;
    /** Whether its answer goes on and on, so that it is neither slow nor under way. */
    isStream?: true;
  }
}

/** Says which scopes let a key in to an operation: any one of these, or `admin`. An operation that doesn't say needs `admin`. */
export const Needs = (...scopes: readonly Scope[]): MethodDecorator => RouteConfig({ needs: scopes });

/** The same for an operation whose answer is a stream. */
export const StreamNeeds = (...scopes: readonly Scope[]): MethodDecorator =>
  RouteConfig({ needs: scopes, isStream: true });

/** Marks an operation that needs no API key. */
export const OpenToAll = (): MethodDecorator => RouteConfig({ needs: null });
