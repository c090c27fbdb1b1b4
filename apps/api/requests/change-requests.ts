import type { AccessRefusal } from '#access';
import type { Changed, ChangeRequest } from '#ledger-store';
import type { WebhookRefusal } from '#webhook-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf, keyIn } from '../auth/authenticate.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { actorOf } from './actor.ts';
import { digestOf, environmentScope, fingerprintOf, readKey } from './idempotency-key.ts';

/**
 * A request that changes keys, environments, webhook endpoints, alert rules, rate cards or settings. Its answer may hold a new key, so it is its
 * sender's alone: the same request by another key is another one, and what is remembered can't be read without the key that
 * sent it. An Idempotency-Key alone may be guessed. A PUT or a DELETE of these is idempotent as it is, and takes no key.
 */
export function changeRequestOf(request: FastifyRequest): ChangeRequest {
  const { environment, keyId } = callerOf(request);
  const text = request.method === 'DELETE' || request.method === 'PUT' ? null : readKey(request);
  const key =
    text === null
      ? null
      : {
          scope: environmentScope(environment),
          key: digestOf(environment, text),
          fingerprint: digestOf(keyId, fingerprintOf(request)),
          secret: `${keyIn(request) ?? ''} ${text}`,
        };
  return { environment, actor: actorOf(request), key };
}

type ChangeRefusal = AccessRefusal | WebhookRefusal | 'anomaly_not_found';

/** @throws {ProblemError} for a refusal */
export function answerChange(reply: FastifyReply, result: Changed<ChangeRefusal>): void {
  if (typeof result === 'string') throw new ProblemError(problem(result, DETAILS[result]));
  if (result.replayed) reply.header('idempotency-replayed', 'true');
  void reply
    .status(result.answer.status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(result.answer.body);
}

const DETAILS: Record<ChangeRefusal | 'idempotency_key_reused', string> = {
  idempotency_key_reused: 'This Idempotency-Key came with another request before. Use a new one for a new request.',
  anomaly_not_found: 'This environment has no anomaly with this id.',
  api_key_not_found: 'This environment has no API key with this id.',
  api_key_inactive: 'This key has expired or is revoked. Create a new one.',
  api_key_configured: 'This key is set by PURSER_ADMIN_KEY or PURSER_TEST_ADMIN_KEY. Change it there.',
  api_key_expires_later:
    'Your own key expires, so the new one must expire no later: give it an expires_at. Only a key that never expires can create one that never expires.',
  api_key_addresses_wider:
    'Your own key may only be used from some addresses, so the new one needs allowed_addresses that lie within these.',
  environment_not_found: 'There is no environment of this name. Create it first.',
  account_not_found: 'No account of this environment has this id. Open it first.',
  event_not_found: 'This environment has no event with this id; events are kept for 30 days.',
  secrets_key_missing:
    'Signing secrets are kept encrypted, and this service has no key for that: set PURSER_SECRETS_KEY.',
  webhook_endpoint_not_found: 'This environment has no webhook endpoint with this id.',
  webhook_endpoint_disabled:
    'Nothing is sent to a disabled endpoint. Enable it first: PATCH it with {"enabled": true}.',
  webhook_host_not_public:
    'The host of the URL has an address that isn’t on the public internet. Nothing is sent there. A receiver on this machine is reached as http://127.0.0.1, where PURSER_WEBHOOKS_ALLOW_LOOPBACK=true is set.',
  webhook_host_unknown: 'The host of the URL has no address, or its name servers did not answer.',
};
