import type { Caller, KeyFault, KeyRing, Scope } from '#access';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem, ProblemError } from '../problems/problem.ts';

const CALLERS = new WeakMap<FastifyRequest, Caller>();

/**
 * Lets requests in by their API keys as soon as their heads are read: of a stranger no body is read or checked.
 */
export function authenticate(fastify: FastifyInstance, keys: KeyRing): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { needs = [] } = request.routeOptions.config;
    if (needs === null) {
      done();
      return;
    }
    const key = keyIn(request);
    if (key === null) {
      done(invalidKey('missing'));
      return;
    }
    const admit = (caller: Caller | null): void =>
      done(caller ? (refusalOf(request, caller, needs) ?? undefined) : invalidKey(keys.faultOf(key)));
    const caller = keys.find(key);
    if (caller) admit(caller);
    else void keys.findAgain(key).then(admit);
  });
}

/** Whose key a request carries, whether or not it will be let in with it; `null` for none that is known. */
export function callerIn(request: FastifyRequest, keys: KeyRing): Caller | null {
  const key = keyIn(request);
  return key === null ? null : keys.find(key);
}

/** The key as it was sent, known or not; `null` where there is none. */
export function keyIn(request: FastifyRequest): string | null {
  const [, key = null] = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  return key;
}

/** Why the request isn't let in; `null` where it is. From then on its caller is known, and told by the log in either case. */
function refusalOf(request: FastifyRequest, caller: Caller, needs: readonly Scope[]): ProblemError | null {
  CALLERS.set(request, caller);
  if (!caller.mayComeFrom(request.ip)) return addressNotAllowed(request.ip);
  if (!caller.hasAnyOf(needs)) return scopeMissing(needs);
  return null;
}

/** Whose key it was, whether or not it was let in; `null` for a stranger, and where no key is needed. */
export function knownCallerOf(request: FastifyRequest): Caller | null {
  return CALLERS.get(request) ?? null;
}

/** Who was let in. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = CALLERS.get(request);
  if (!caller) throw new Error('the request was not authenticated');
  return caller;
}

/** The environment the request acts in: its key's. */
export const Environment = createParamDecorator(
  (_: undefined, context: ExecutionContext): string =>
    callerOf(context.switchToHttp().getRequest<FastifyRequest>()).environment,
);

const KEY_DETAILS: Record<'missing' | KeyFault, string> = {
  missing: 'Send an API key: “Authorization: Bearer pur_…”.',
  unknown: 'This API key is not known. It may be mistyped, or belong to another service.',
  expired: 'This API key has expired. Use another one, or ask an admin for a new one.',
  revoked: 'This API key was revoked. Use another one, or ask an admin for a new one.',
};

function invalidKey(reason: 'missing' | KeyFault): ProblemError {
  return new ProblemError(problem('invalid_api_key', KEY_DETAILS[reason], { reason }), {
    'www-authenticate': reason === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"',
  });
}

function scopeMissing(needs: readonly Scope[]): ProblemError {
  const scopes = needs.includes('admin') ? needs : [...needs, 'admin' as const];
  const detail = `This operation needs a key with the scope ${scopes.map((scope) => `“${scope}”`).join(' or ')}.`;
  return new ProblemError(problem('scope_missing', detail, { scopes }), {
    'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`,
  });
}

function addressNotAllowed(address: string): ProblemError {
  return new ProblemError(problem('address_not_allowed', `This key may not be used from ${address}.`));
}
