import {
  countDeclines,
  decide,
  guessesExpiry,
  isRemembered,
  refused,
  revenueTallies,
  standingAfter,
  takeLeases,
  wantsOf,
  type DecisionContext,
  type DeclinedRequest,
  type Outcome,
  type RevenueTally,
  type ShareWant,
} from '#ledger';
import type { KeyRow } from '../load/key-statements.ts';
import { auditEntry, viewOf, type AuditEntry } from './audit.ts';
import type { Answer, IdempotencyKey, Queued, Rendered } from './submission.ts';

/** An answer to be remembered under its key. */
export interface RememberedAnswer {
  readonly key: IdempotencyKey;
  readonly answer: Rendered;
}

export interface DecidedBatch {
  /** One for each command, in order; `null` where it is among the lacking, or has to be decided on what is stored. */
  readonly answers: readonly (Answer | null)[];
  readonly lacking: Lacking;
  readonly remembered: readonly RememberedAnswer[];
  /** What operators changed. */
  readonly audited: readonly AuditEntry[];
  /** What the metrics count of it. */
  readonly revenue: readonly RevenueTally[];
  /** What reports count of it. */
  readonly declined: readonly DeclinedRequest[];
}

/** What has to be leased before commands can be decided. */
export type Lacking = ReadonlyMap<Queued, readonly ShareWant[]>;

type KnownAnswers = Map<string, Rendered & { readonly fingerprint: string }>;

export interface BatchToDecide {
  readonly commands: readonly Queued[];
  /** What is remembered under their keys. */
  readonly knownKeys: readonly KeyRow[];
  /** Whether a client may be told when to retry though that is a guess. It isn't, where all that is stored can be seen. */
  readonly mayGuess: boolean;
}

/** A command that has changed what is cached has to be decided on what is stored. */
export class NeedsLocks extends Error {
  override readonly name = 'NeedsLocks';

  constructor(readonly command: Queued) {
    super(`${command.command.type} has to be decided on what is stored`);
  }
}

/** A command that has changed what is loaded, and lacks something that has to be leased first. */
export class NeedsLeases extends Error {
  override readonly name = 'NeedsLeases';

  readonly lacking: Lacking;

  constructor(command: Queued, wants: readonly ShareWant[]) {
    super(`${command.command.type} needs more of a limit`);
    this.lacking = new Map([[command, wants]]);
  }
}

/**
 * Decides a batch in order, on a state that was settled. A known key is answered before anything else is looked at, also
 * where the first request with it stands in this same batch.
 *
 * @throws {NeedsLocks}
 * @throws {NeedsLeases}
 */
export function decideBatch(context: DecisionContext, { commands, knownKeys, mayGuess }: BatchToDecide): DecidedBatch {
  const known: KnownAnswers = new Map();
  for (const row of knownKeys) known.set(`${row.account_id}/${row.key}`, row);
  /** Keys of commands that aren't decided here, and whether that is because they lack something. */
  const leftOpen = new Map<string, boolean>();
  const lacking = new Map<Queued, readonly ShareWant[]>();
  const remembered: RememberedAnswer[] = [];
  const audited: AuditEntry[] = [];

  const answers = commands.map((one): Answer | null => {
    const { key } = one;
    const name = key && `${key.scope}/${key.key}`;
    const earlier = name === null ? undefined : known.get(name);
    if (earlier) return answerAgain(one, earlier);
    if (name !== null && leftOpen.has(name)) {
      if (leftOpen.get(name) === true) lacking.set(one, []);
      return null;
    }
    const before = one.actor ? viewOf(context.state, one.command) : null;
    const found = one.refilled ? { ...context, exhausted: one.refilled.exhausted } : context;
    // What was leased for a command is its account's from now on, whatever becomes of the command.
    if (one.refilled) takeLeases(context, one.refilled.leases);
    const outcome = decide(found, one.command);
    const wants = wantsOf(outcome);
    if (wants.length > 0) {
      // What has tried some of its items is taken back with its whole batch.
      if (outcome.ok || outcome.items) throw new NeedsLeases(one, wants);
      if (name !== null) leftOpen.set(name, true);
      lacking.set(one, wants);
      return null;
    }
    if (!mayGuess && guessesExpiry(outcome)) {
      // A refusal has changed nothing, so it can be left to others. That of a batch has tried items and taken them back, which
      // leaves its accounts with ids that were given away.
      if (outcome.ok || outcome.items) throw new NeedsLocks(one);
      if (name !== null) leftOpen.set(name, false);
      return null;
    }
    countDeclines(context, one.command, outcome);
    const entry =
      one.actor && auditEntry(context.state, { ...one, actor: one.actor, before }, outcome, context.realNow);
    if (entry) audited.push(entry);
    const answer = one.render(outcome, () => standingAfter(found, one.command, outcome));
    if (key && name !== null && isRemembered(outcome)) {
      known.set(name, { ...answer, fingerprint: key.fingerprint });
      remembered.push({ key, answer });
    }
    return { ...answer, replayed: false };
  });
  moveVersions(context);
  const { declinedRequests: declined } = context.changes;
  return { answers, lacking, remembered, audited, revenue: revenueTallies(context.changes), declined };
}

/** Answers a request whose key is known: with the first answer, if it is the same request. */
export function answerAgain(one: Queued, earlier: Rendered & { readonly fingerprint: string }): Answer {
  if (one.key?.fingerprint === earlier.fingerprint) {
    return { status: earlier.status, body: earlier.body, replayed: true };
  }
  const outcome: Outcome<never> = refused({ code: 'idempotency_key_reused' });
  return { ...one.render(outcome, () => null), replayed: false };
}

/**
 * Every write to an account or to what it owns moves its version, one that makes no id too. Whoever has cached the account,
 * its grants, counters, periods of its commitment and open authorizations sees by it that they have changed.
 */
function moveVersions({ state, changes, realNow }: DecisionContext): void {
  const { grants, purchases, authorizations, counters, commitments } = changes;
  const ofAccounts = [grants.updated, purchases.updated, authorizations.updated, commitments.updated];
  const rowsOfAll = [...ofAccounts, counters.created, counters.updated];
  for (const rows of rowsOfAll) {
    for (const { accountKey } of rows) {
      const account = state.accounts.get(accountKey);
      if (account) changes.accounts.update(account);
    }
  }
  for (const account of changes.accounts.updated) account.ids.next(realNow);
}
