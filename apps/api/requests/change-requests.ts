import type { ChangeRefusal, ChangeRequest, ChangeResult } from '#access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf, keyIn } from '../auth/authenticate.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { actorOf } from './actor.ts';
import { digestOf, fingerprintOf, readKey } from './idempotency-key.ts';

/**
 * A request that changes who may do what, as the access room takes it. Its answer may hold a new key, so it is the asker's alone:
 * the same request by another key is another one, and what is remembered can't be read without the key that asked. An
 * Idempotency-Key alone may be a word that somebody guesses.
 */
export function changeRequestOf(request: FastifyRequest): ChangeRequest {
  const { environment, keyId } = callerOf(request);
  const text = request.method === 'POST' ? readKey(request) : null;
  const key =
    text === null
      ? null
      : {
          key: digestOf(environment, text),
          fingerprint: digestOf(keyId, fingerprintOf(request)),
          words: `${keyIn(request) ?? ''} ${text}`,
        };
  return { environment, actor: actorOf(request), key };
}

/** @throws {ProblemError} for a refusal */
export function answerChange(reply: FastifyReply, result: ChangeResult | ChangeRefusal): void {
  if (typeof result === 'string') throw new ProblemError(problem(result, DETAILS[result]));
  if (result.replayed) reply.header('idempotency-replayed', 'true');
  void reply
    .status(result.answer.status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(result.answer.body);
}

const DETAILS: Record<ChangeRefusal, string> = {
  idempotency_key_reused: 'This Idempotency-Key came with another request before. Use a new one for a new request.',
  api_key_not_found: 'This environment has no API key with this id.',
  api_key_inactive: 'This key has expired or is revoked. Make a new one.',
  api_key_configured: 'This key is set by PURSER_ADMIN_KEY or PURSER_TEST_ADMIN_KEY. Change it there.',
  environment_not_found: 'There is no environment of this name. Make it first.',
};
