import { KeyRing, type Caller } from '#access';
import { createParamDecorator, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { problem, ProblemError } from '../problems/problem.ts';

const OPEN_TO_ALL = 'open-to-all';
const CALLERS = new WeakMap<FastifyRequest, Caller>();

/** Marks what needs no API key. */
export const OpenToAll = (): ClassDecorator & MethodDecorator => SetMetadata(OPEN_TO_ALL, true);

/** Lets a request in by its API key. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: KeyRing,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride<boolean | undefined>(OPEN_TO_ALL, [context.getHandler(), context.getClass()]))
      return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const [, key] = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const caller = key === undefined ? null : this.keys.find(key);
    if (!caller) throw unknownKey();
    CALLERS.set(request, caller);
    return true;
  }
}

export function callerOf(request: FastifyRequest): Caller {
  const caller = CALLERS.get(request);
  if (!caller) throw new Error('the request passed no guard');
  return caller;
}

/** The environment the request acts in: its key's. */
export const Environment = createParamDecorator(
  (_: undefined, context: ExecutionContext): string =>
    callerOf(context.switchToHttp().getRequest<FastifyRequest>()).environment,
);

function unknownKey(): ProblemError {
  const detail = 'Send a valid API key: “Authorization: Bearer pur_…”.';
  return new ProblemError(problem('invalid_api_key', detail), { 'www-authenticate': 'Bearer' });
}
