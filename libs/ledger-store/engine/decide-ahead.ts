import {
  noChanges,
  type AccountKey,
  type BatchDecision,
  type CommandType,
  type DecisionContext,
  type Outcome,
} from '#ledger';
import type { KnownAccounts } from '../load/known-accounts.ts';
import { guardAccounts, guardKeys } from '../load/statements.ts';
import { guardClocks, type ClockReading } from '../load/clock-statements.ts';
import type { Statement } from '../statement.ts';
import { writeChanges } from '../write/write-changes.ts';
import { decideBatch } from './decide-batch.ts';
import type { Doubt } from './run-batch.ts';
import type { Answer, Queued } from './submission.ts';

/** What looks at nothing but accounts, their open grants, and open authorizations. */
const AHEAD: ReadonlySet<CommandType> = new Set([
  'authorize',
  'authorize_batch',
  'charge',
  'charge_batch',
  'commit',
  'commit_batch',
  'void',
  'extend',
]);

/** A batch that was decided on what is known, and of which nothing is written yet. */
export interface DecidedAhead {
  readonly accounts: readonly AccountKey[];
  /** The accounts that it changes, and their clocks before. */
  readonly changed: Doubt;
  /** True only if everything of {@link statements} is committed. */
  readonly answers: readonly Answer[];
  /** Guards, then writes. The first of them answers with the database's clock. */
  readonly statements: readonly [guard: Statement, ...Statement[]];
}

/** Whether enough is known to decide a command at that time. */
export function canDecideAhead(known: KnownAccounts, { command, needs }: Queued, now: number): boolean {
  return (
    AHEAD.has(command.type) &&
    needs.accounts.every((key) => known.holdsAt(key, now)) &&
    needs.authorizations.every((id) => known.state.authorizations.has(id))
  );
}

interface AttemptedBatch {
  readonly answers: readonly Answer[];
  readonly writes: readonly Statement[];
}

/** What a lane knows of authorizations that are closed: nothing. */
const NONE_CLOSED: ReadonlySet<string> = new Set();

/**
 * Decides a batch on what is known instead of what is stored. The guards see to it that it is written only if the two are
 * the same.
 *
 * @returns `null` where it has to be decided on what is stored after all; then nothing is known of its accounts any more
 */
export function decideAhead(known: KnownAccounts, batch: readonly Queued[], now: number): DecidedAhead | null {
  const accounts = [...new Set(batch.flatMap(({ needs }) => needs.accounts))].sort(byNumber);
  const stamps = known.stampsOf(accounts).map(String);
  const clocks = clocksOf(known, accounts);
  const holdsUntil = Math.min(...accounts.map((key) => known.holdsUntil(key)));
  const { state, rules } = known;
  const context: DecisionContext = { state, changes: noChanges(), realNow: now, rules };
  const decided = attempt(context, batch);
  known.follow(context.changes, now);
  if (!decided) {
    known.forget(accounts);
    return null;
  }
  const moved = new Set([...context.changes.updatedAccounts].map(({ account }) => account.key));
  const keys = batch.flatMap(({ key }) => (key ? [key] : []));
  return {
    accounts,
    changed: new Map(accounts.flatMap((key, index) => (moved.has(key) ? [[key, stamps[index] ?? ''] as const] : []))),
    answers: decided.answers,
    statements: [
      guardAccounts({ keys: accounts, stamps, now, holdsUntil }),
      ...(clocks.length > 0 ? [guardClocks(clocks)] : []),
      ...(keys.length > 0 ? [guardKeys(keys)] : []),
      ...decided.writes,
    ],
  };
}

/** Whatever is wrong with one of the commands comes up again under the locks, where its neighbours don't suffer for it. */
function attempt(context: DecisionContext, batch: readonly Queued[]): AttemptedBatch | null {
  try {
    const { answers, outcomes, remembered, audited } = decideBatch(context, [], batch);
    if (outcomes.some(tellsWhenToComeBack)) return null;
    return { answers, writes: writeChanges(context, { remembered, audited }, NONE_CLOSED) };
  } catch {
    return null;
  }
}

/** When the next hold runs out isn't known as exactly as a client is told: the one thought to be next may be closed. */
function tellsWhenToComeBack(outcome: Outcome<unknown>): boolean {
  if (!outcome.ok) return outcome.refusal.code === 'credits_held' || (outcome.items ?? []).some(tellsWhenToComeBack);
  return isBatch(outcome.value) && outcome.value.items.some(tellsWhenToComeBack);
}

function isBatch(value: unknown): value is BatchDecision {
  return typeof value === 'object' && value !== null && 'items' in value;
}

/** The clocks by which accounts were decided on, each once; none for those of real time. */
function clocksOf(known: KnownAccounts, accounts: readonly AccountKey[]): ClockReading[] {
  const clocks = new Map<string, ClockReading>();
  for (const key of accounts) {
    const account = known.state.accounts.get(key)?.account;
    if (!account?.clock) continue;
    const { environment, clock } = account;
    clocks.set(`${environment}/${clock.number}/${clock.aheadMs}`, { environment, ...clock });
  }
  return [...clocks.values()];
}

function byNumber(a: AccountKey, b: AccountKey): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}
