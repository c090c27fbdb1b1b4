import { retry } from '#background';
import type { Pool } from '#database';
import type { JsonObject } from '#amounts';
import { newUuid } from '#ledger';
import type { Queryable } from '../queryable.ts';
import { constraintOf } from '../engine/failures.ts';
import type { Actor, IdempotencyKey } from '../engine/submission.ts';
import { findKeys, lockKeys, type KeyRow } from '../load/key-statements.ts';
import { transact } from '../transact.ts';
import { enterInAudit, rememberAnswers } from '../write/write-changes.ts';
import { open, seal } from './sealed-answer.ts';

/** A client's idempotency key, as it is kept. */
export interface ChangeKey extends Omit<IdempotencyKey, 'forever'> {
  /**
   * What only the client knows, and is kept nowhere: its answer may hold a new key, so it is remembered sealed with this.
   * `null`: the answer holds no secret, and is remembered as it is.
   */
  readonly secret: string | null;
}

/** Who asks for a change of how things are set up, and how. */
export interface ChangeRequest {
  /** The actor's own. */
  readonly environment: string;
  readonly actor: Actor;
  readonly key: ChangeKey | null;
}

export interface ChangeAnswer {
  readonly status: number;
  readonly body: string;
}

/** What a change is in the audit log. */
export interface AuditedChange {
  /** Where it happened. */
  readonly environment: string;
  /** The public id of what was changed. */
  readonly object: string;
  /** What it was, and what it is; `null` where it wasn't there. Never a secret. */
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

/** @typeParam Refusal why it may be refused, one of the closed list that its maker has */
export type ChangeOutcome<Refusal extends string> =
  | { readonly ok: true; readonly answer: ChangeAnswer; readonly audited: readonly AuditedChange[] }
  /** Nothing is changed or remembered. */
  | { readonly ok: false; readonly refusal: Refusal };

export interface ChangeResult {
  readonly answer: ChangeAnswer;
  /** True where the request had been answered before, under the same key. */
  readonly replayed: boolean;
}

export type Changed<Refusal extends string> = ChangeResult | Refusal | 'idempotency_key_reused';

/**
 * The one way to change what isn't an account's: API keys, environments, webhook endpoints, alert rules, rate cards, settings,
 * test clocks. Makes the change in one transaction with its entries in the audit log and, under an idempotency key, its answer.
 *
 * @param work makes the change; it may be called again where another transaction was in its way, and then nothing of the
 * first attempt is left
 * @returns a refusal, or the answer
 * @throws {LedgerUnavailable} where the database isn't there, or the outcome of the commit is unknown
 */
export function change<Refusal extends string>(
  pool: Pool,
  request: ChangeRequest,
  work: (database: Queryable) => Promise<ChangeOutcome<Refusal>>,
): Promise<Changed<Refusal>> {
  // A process of an earlier version may have used the key meanwhile; then it is known at the second attempt.
  return retry(() => transact(pool, (database) => changeOnce(database, request, work)), {
    attemptsMax: 2,
    pauseMs: 0,
    isRetryable: isKeyTaken,
  });
}

async function changeOnce<Refusal extends string>(
  database: Queryable,
  { actor, key }: ChangeRequest,
  work: (database: Queryable) => Promise<ChangeOutcome<Refusal>>,
): Promise<Changed<Refusal>> {
  if (key) {
    await lockKey(database, key);
    const earlier = await findAnswer(database, key);
    if (earlier !== null) return earlier;
  }
  const outcome = await work(database);
  if (!outcome.ok) return outcome.refusal;
  if (key) await rememberAnswer(database, key, outcome.answer);
  await enterChanges(database, actor, outcome.audited);
  return { answer: outcome.answer, replayed: false };
}

/** Until the transaction ends, requests with this key wait for each other. */
async function lockKey(database: Queryable, key: ChangeKey): Promise<void> {
  const { text, values } = lockKeys([key]);
  await database.query(text, values);
}

async function findAnswer(
  database: Queryable,
  key: ChangeKey,
): Promise<ChangeResult | 'idempotency_key_reused' | null> {
  const { text, values } = findKeys([key]);
  const { rows } = await database.query<KeyRow>(text, values);
  const [earlier] = rows;
  if (!earlier) return null;
  if (earlier.fingerprint !== key.fingerprint) return 'idempotency_key_reused';
  const body = key.secret === null ? earlier.body : open(earlier.body, key.secret);
  return { answer: { status: earlier.status, body }, replayed: true };
}

async function rememberAnswer(database: Queryable, key: ChangeKey, { status, body }: ChangeAnswer): Promise<void> {
  const answer = { status, body: key.secret === null ? body : seal(body, key.secret) };
  for (const { text, values } of rememberAnswers([{ key: { ...key, forever: false }, answer }])) {
    await database.query(text, values);
  }
}

/** Enters in the audit log what else was changed in the transaction. */
export async function enterChanges(
  database: Queryable,
  actor: Actor,
  audited: readonly AuditedChange[],
): Promise<void> {
  const at = Date.now();
  const entries = audited.map((changed) => ({ ...changed, id: newUuid(at), actor, at }));
  for (const { text, values } of enterInAudit(entries)) await database.query(text, values);
}

/** The keys' constraint has the name of its week. */
function isKeyTaken(error: unknown): boolean {
  return /^idempotency_keys_.*_are_unique$/.test(constraintOf(error) ?? '');
}
