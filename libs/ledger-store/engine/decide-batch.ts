import { decide, isRemembered, noChanges, refused, settle, type Changes, type DecisionContext } from '#ledger';
import type { LoadedState } from '../load/load-state.ts';
import type { KeyRow } from '../load/statements.ts';
import type { Answer, IdempotencyKey, Rendered, Submission } from './submission.ts';

/** An answer to be remembered under its key. */
export interface RememberedAnswer {
  readonly key: IdempotencyKey;
  readonly answer: Rendered;
}

export interface DecidedBatch {
  /** One for each submission, in order. */
  readonly answers: readonly Answer[];
  readonly changes: Changes;
  readonly remembered: readonly RememberedAnswer[];
}

/**
 * Decides a batch in order. A known key is answered before anything else is looked at, also where the first request with
 * it stands in this same batch.
 */
export function decideBatch(
  loaded: LoadedState,
  knownKeys: readonly KeyRow[],
  submissions: readonly Submission[],
): DecidedBatch {
  const context: DecisionContext = { state: loaded.state, changes: noChanges(), now: loaded.now };
  const known = new Map<string, Rendered & { fingerprint: string }>();
  for (const row of knownKeys) known.set(`${row.account_id}/${row.key}`, row);
  const remembered: RememberedAnswer[] = [];

  settle(context);
  const answers = submissions.map((submission): Answer => {
    const { key } = submission;
    const earlier = key && known.get(`${key.scope}/${key.key}`);
    if (earlier) return answerAgain(submission, earlier);
    const outcome = decide(context, submission.command);
    const { status, body } = submission.render(outcome);
    if (key && isRemembered(outcome)) {
      known.set(`${key.scope}/${key.key}`, { status, body, fingerprint: key.fingerprint });
      remembered.push({ key, answer: { status, body } });
    }
    return { status, body, replayed: false };
  });
  // An account's clock is also its version: every write moves it, one that makes no id too.
  for (const account of context.changes.updatedAccounts) account.ids.next(loaded.now);
  return { answers, changes: context.changes, remembered };
}

function answerAgain(submission: Submission, earlier: Rendered & { fingerprint: string }): Answer {
  if (submission.key?.fingerprint === earlier.fingerprint) {
    return { status: earlier.status, body: earlier.body, replayed: true };
  }
  return { ...submission.render(refused({ code: 'idempotency_key_reused' })), replayed: false };
}
