import { decide, isRemembered, refused, type DecisionContext, type Outcome } from '#ledger';
import type { KeyRow } from '../load/statements.ts';
import { auditEntry, viewOf, type AuditEntry } from './audit.ts';
import type { Answer, IdempotencyKey, Queued, Rendered } from './submission.ts';

/** An answer to be remembered under its key. */
export interface RememberedAnswer {
  readonly key: IdempotencyKey;
  readonly answer: Rendered;
}

export interface DecidedBatch {
  /** One for each command, in order. */
  readonly answers: readonly Answer[];
  /** What was decided anew; none for a request that was answered again. */
  readonly outcomes: readonly Outcome<unknown>[];
  readonly remembered: readonly RememberedAnswer[];
  /** What operators changed. */
  readonly audited: readonly AuditEntry[];
}

/**
 * Decides a batch in order, on a state that was settled. A known key is answered before anything else is looked at, also
 * where the first request with it stands in this same batch.
 */
export function decideBatch(
  context: DecisionContext,
  knownKeys: readonly KeyRow[],
  batch: readonly Queued[],
): DecidedBatch {
  const known = new Map<string, Rendered & { fingerprint: string }>();
  for (const row of knownKeys) known.set(`${row.account_id}/${row.key}`, row);
  const remembered: RememberedAnswer[] = [];
  const outcomes: Outcome<unknown>[] = [];
  const audited: AuditEntry[] = [];

  const answers = batch.map((one): Answer => {
    const { key } = one;
    const name = key && `${key.scope}/${key.key}`;
    const earlier = name === null ? undefined : known.get(name);
    if (earlier) return answerAgain(one, earlier);
    const before = one.actor ? viewOf(context.state, one.command) : null;
    const outcome = decide(context, one.command);
    outcomes.push(outcome);
    const entry =
      one.actor && auditEntry(context.state, { ...one, actor: one.actor, before }, outcome, context.realNow);
    if (entry) audited.push(entry);
    const answer = one.render(outcome);
    if (key && name !== null && isRemembered(outcome)) {
      known.set(name, { ...answer, fingerprint: key.fingerprint });
      remembered.push({ key, answer });
    }
    return { ...answer, replayed: false };
  });
  moveClocks(context);
  return { answers, outcomes, remembered, audited };
}

/**
 * An account's clock is also its version: every write to it or to what it owns moves it, one that makes no id too. Whoever
 * knows the account, its grants and its open authorizations sees by it that they have changed.
 */
function moveClocks({ state, changes, realNow }: DecisionContext): void {
  for (const { accountKey } of [...changes.updatedGrants, ...changes.updatedAuthorizations]) {
    const account = state.accounts.get(accountKey);
    if (account && !changes.createdAccounts.has(account)) changes.updatedAccounts.add(account);
  }
  for (const account of changes.updatedAccounts) account.ids.next(realNow);
}

function answerAgain(one: Queued, earlier: Rendered & { fingerprint: string }): Answer {
  if (one.key?.fingerprint === earlier.fingerprint) {
    return { status: earlier.status, body: earlier.body, replayed: true };
  }
  return { ...one.render(refused({ code: 'idempotency_key_reused' })), replayed: false };
}
