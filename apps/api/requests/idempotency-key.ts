import { canonicalJson, type Json } from '#amounts';
import { accountKey, needsOf, type AccountKey, type Command, type CommandType } from '#ledger';
import type { IdempotencyKey } from '#ledger-store';
import type { FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import { callerOf } from '../auth/authenticate.ts';
import { problem, ProblemError } from '../problems/problem.ts';

export const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/** What must never happen twice, however late its retry comes. */
const KEPT_FOREVER: ReadonlySet<CommandType> = new Set([
  'create_grant',
  'refund',
  'adjust',
  'begin_purchase',
  'refund_purchase',
]);

/**
 * Reads the Idempotency-Key of a request that is a command.
 *
 * @throws {ProblemError} `invalid_request` where the key isn't 1–255 printable ASCII characters.
 */
export function idempotencyKeyOf(
  request: FastifyRequest,
  environment: string,
  command: Command,
): IdempotencyKey | null {
  return idempotencyKeyIn(request, environment, {
    scope: scopeOf(command, environment),
    forever: KEPT_FOREVER.has(command.type),
  });
}

/**
 * Reads the Idempotency-Key of a request, as it is kept.
 *
 * @throws {ProblemError} as {@link readKey}
 */
export function idempotencyKeyIn(
  request: FastifyRequest,
  environment: string,
  kept: Pick<IdempotencyKey, 'scope' | 'forever'>,
): IdempotencyKey | null {
  const key = readKey(request);
  return key === null ? null : { ...kept, key: digestOf(environment, key), fingerprint: fingerprintOf(request) };
}

/** @throws {ProblemError} `invalid_request` where the key isn't 1–255 printable ASCII characters. */
export function readKey(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    const message = 'must be 1 to 255 printable ASCII characters';
    throw new ProblemError(
      problem('invalid_request', 'A header is malformed.', { errors: [{ field: 'Idempotency-Key', message }] }),
    );
  }
  return key;
}

/** Whose object a request is about is only known once it is loaded; a key must not answer for another environment before that. */
export function digestOf(environment: string, key: string): string {
  return halfDigest(`${environment}\0${key}`);
}

/** The same for the same request, whatever the order of its fields, and whether those not given are null or left out. */
export function fingerprintOf(request: FastifyRequest): string {
  const [path = ''] = request.url.split('?');
  const body = bodyText(request.body as Json | undefined, request.method);
  // An answer that says what usage costs the operator is never given again to an account's own key.
  const viewer = callerOf(request).account === null ? '' : 'account ';
  return halfDigest(`${viewer}${request.method} ${path}\n${body}`);
}

/** A PATCH removes some of what it sets to null. */
function bodyText(body: Json | undefined, method: string): string {
  if (body === undefined) return 'undefined';
  return canonicalJson(method === 'POST' ? withoutNulls(body) : body);
}

/**
 * A key is kept under the account the request is about; a batch's under its first item's. An account that is being made
 * may not have its id yet.
 */
function scopeOf(command: Command, environment: string): AccountKey {
  const [first] = command.type === 'create_account' ? [] : needsOf(command).accounts;
  return first ?? environmentScope(environment);
}

/** Keys of requests that are about no account are kept under the environment itself: no account has an empty id. */
export function environmentScope(environment: string): AccountKey {
  return accountKey(environment, '');
}

function halfDigest(text: string): string {
  const hex = hash('sha256', text, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** The fields whose objects have fields of ours. In all others, like `metadata`, null is a value like any. */
const NESTED: ReadonlySet<string> = new Set(['items', 'scope']);

/** A field that is null counts as not given. */
function withoutNulls(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutNulls);
  const given = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(given.map(([name, field]) => [name, NESTED.has(name) ? withoutNulls(field) : field]));
}
