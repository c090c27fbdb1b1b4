import type { Pool } from '#database';
import { accountKey, newUuid } from '#ledger';
import { asking, enterInAudit, transact, type Actor, type Asking, type Work } from '#ledger-store';
import type { AuditedChange } from './audit-log.ts';
import { open, seal } from './sealed-answer.ts';

/** A client's idempotency key, as it is kept. */
export interface ChangeKey {
  /** Halves of SHA-256 digests, as UUIDs. */
  readonly key: string;
  readonly fingerprint: string;
  /** What only the asker knows; it is kept nowhere. */
  readonly words: string;
}

/** Who asks for a change of how things are set up, and how. */
export interface ChangeRequest {
  /** The actor's own environment; keys are kept under it. */
  readonly environment: string;
  readonly actor: Actor;
  readonly key: ChangeKey | null;
}

export interface ChangeAnswer {
  readonly status: number;
  readonly body: string;
}

/** @typeParam Refusal why it may be refused, in a word of the closed list that its maker has */
export type ChangeOutcome<Refusal extends string> =
  | { readonly ok: true; readonly answer: ChangeAnswer; readonly audited: readonly AuditedChange[] }
  /** Nothing is changed or remembered. */
  | { readonly ok: false; readonly refusal: Refusal };

export type AccessRefusal = 'api_key_not_found' | 'api_key_inactive' | 'api_key_configured' | 'environment_not_found';

export interface ChangeResult {
  readonly answer: ChangeAnswer;
  readonly replayed: boolean;
}

export type Changed<Refusal extends string> = ChangeResult | Refusal | 'idempotency_key_reused';

interface RememberedRow {
  readonly fingerprint: string;
  readonly status: number;
  readonly body: string;
}

/**
 * Makes a change in one transaction with its entry in the audit log and, under an idempotency key, its answer. An answer
 * may hold a new key, which is shown to nobody else: it is remembered sealed with words that only the asker knows.
 *
 * @returns a refusal, or the answer
 * @throws {LedgerUnavailable} where the database isn't there, or the outcome of the commit is unknown
 */
export async function change<Refusal extends string>(
  pool: Pool,
  request: ChangeRequest,
  work: (database: Asking) => Promise<ChangeOutcome<Refusal>>,
): Promise<Changed<Refusal>> {
  const attempt = (): Promise<Changed<Refusal>> => transact(pool, (client) => decide(asking(client), request, work));
  try {
    return await attempt();
  } catch (error) {
    // Another request with this key was faster; now it is known.
    if (isKeyTaken(error)) return attempt();
    throw error;
  }
}

async function decide<Refusal extends string>(
  database: Asking,
  { environment, actor, key }: ChangeRequest,
  work: (database: Asking) => Promise<ChangeOutcome<Refusal>>,
): Promise<Work<Changed<Refusal>>> {
  const scope = accountKey(environment, '');
  if (key) {
    const { rows } = await database.query<RememberedRow>(
      'select fingerprint, status, body from idempotency_keys where account_id = $1 and key = $2',
      [scope, key.key],
    );
    const [earlier] = rows;
    if (earlier && earlier.fingerprint !== key.fingerprint) return { result: 'idempotency_key_reused', writes: [] };
    if (earlier) {
      const answer = { status: earlier.status, body: open(earlier.body, key.words) };
      return { result: { answer, replayed: true }, writes: [] };
    }
  }
  const outcome = await work(database);
  if (!outcome.ok) return { result: outcome.refusal, writes: [] };
  if (key) {
    await database.query(
      'insert into idempotency_keys (account_id, key, fingerprint, status, body) values ($1, $2, $3, $4, $5)',
      [scope, key.key, key.fingerprint, outcome.answer.status, seal(outcome.answer.body, key.words)],
    );
  }
  const at = Date.now();
  const entries = outcome.audited.map((changed) => ({ ...changed, id: newUuid(at), actor, at }));
  return { result: { answer: outcome.answer, replayed: false }, writes: enterInAudit(entries) };
}

/** The keys' constraint has the name of its week. */
function isKeyTaken(error: unknown): boolean {
  return (
    error instanceof Error &&
    'constraint' in error &&
    typeof error.constraint === 'string' &&
    /^idempotency_keys_.*_are_unique$/.test(error.constraint)
  );
}
