import { accountKey, needsOf, type AccountKey, type Command } from '#ledger';
import type { IdempotencyKey } from '#ledger-store';
import type { FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import { problem, ProblemError } from '../problems/problem.ts';

export const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

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
    forever: command.type === 'create_grant' || command.type === 'refund',
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

/** The same for the same request, whatever the order of its fields. */
export function fingerprintOf(request: FastifyRequest): string {
  const [path = ''] = request.url.split('?');
  return halfDigest(`${request.method} ${path}\n${canonicalJson(request.body)}`);
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

/** JSON with the fields of every object in order. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = value as Readonly<Record<string, unknown>>;
  const written = Object.keys(fields)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(fields[name])}`);
  return `{${written.join(',')}}`;
}
