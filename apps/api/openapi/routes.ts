import type { Scope } from '#access';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PARAMTYPES_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/internal';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';
import type { AccountNaming } from '../auth/needs.ts';
import { isBodyClass, type BodyClass } from '../validation/body-classes.ts';

/** What a controller's method answers to, as its decorators and its parameters say. */
export interface Route {
  /** In small letters, as OpenAPI has it. */
  readonly method: string;
  /** With its parameters in braces: `/v1/accounts/{id}`. */
  readonly path: string;
  readonly pathParameters: readonly string[];
  /** The scopes of which a key needs one; `null`: no key is needed. */
  readonly needs: readonly Scope[] | null;
  /** How it names the one account that it is about; `null`: a key that is bound to an account isn't let in. */
  readonly account: AccountNaming | null;
  readonly changesNothing: boolean;
  /** `null` where the body has no fields. */
  readonly body: BodyClass | null;
  readonly query: BodyClass | null;
}

/** @throws Error where the controller's method is no route */
export function routeOf(controller: Type, method: string): Route {
  const prototype = controller.prototype as Record<string, object>;
  const handler = prototype[method] ?? {};
  const verb = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
  if (verb === undefined) throw new Error(`${controller.name}.${method} is no route. Make it private.`);
  const path = pathOf(metadataText(PATH_METADATA, controller), metadataText(PATH_METADATA, handler));
  const config = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as FastifyContextConfig | undefined;
  const { needs = [], account = null, changesNothing = false } = config ?? {};
  return {
    method: RequestMethod[verb].toLowerCase(),
    path,
    pathParameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    needs: needs && [...new Set<Scope>([...needs, 'admin'])],
    account,
    changesNothing,
    body: argumentClass(controller, method, RouteParamtypes.BODY),
    query: argumentClass(controller, method, RouteParamtypes.QUERY),
  };
}

function metadataText(key: string, of: object): string {
  return (Reflect.getMetadata(key, of) as string | undefined) ?? '';
}

function pathOf(...parts: readonly string[]): string {
  const names = parts.flatMap((part) => part.split('/')).filter((name) => name !== '');
  return `/${names.map((name) => name.replace(/^:(\w+)$/, '{$1}')).join('/')}`;
}

/** The class of the parameter that takes the body or the query. Nest keeps them under `<what it takes>:<index>`. */
function argumentClass(controller: Type, method: string, takes: RouteParamtypes): BodyClass | null {
  const taken = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<string, unknown>;
  const types = Reflect.getMetadata(PARAMTYPES_METADATA, controller.prototype as object, method) as readonly unknown[];
  const key = Object.keys(taken).find((one) => one.startsWith(`${takes}:`));
  const type = key === undefined ? null : types[Number(key.split(':')[1])];
  return isBodyClass(type) ? type : null;
}
