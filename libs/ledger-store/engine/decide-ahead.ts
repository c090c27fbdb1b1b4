import {
  noChanges,
  type AccountKey,
  type CommandType,
  type DecisionContext,
  type DeclinedRequest,
  type RevenueTally,
} from '#ledger';
import type { AccountCache } from '../load/account-cache.ts';
import { guardAccounts, guardKeys, guardTestClocks, guardWindows, type TestClockReading } from '../load/guards.ts';
import type { Statement } from '../statement.ts';
import { writeChanges } from '../write/write-changes.ts';
import { decideBatch, type Lacking } from './decide-batch.ts';
import type { UnknownOutcome } from './run-locked.ts';
import type { Answer, Queued } from './submission.ts';

/** What looks at nothing but accounts, their open grants, and authorizations. */
const AHEAD: ReadonlySet<CommandType> = new Set([
  'update_account',
  'set_account_status',
  'set_alerts',
  'set_rules',
  'restrain',
  'resume_usage',
  'tell',
  'create_grant',
  'authorize',
  'authorize_batch',
  'charge',
  'charge_batch',
  'commit',
  'commit_batch',
  'void',
  'extend',
  'return_share',
]);

export function canBeDecidedAhead({ command }: Queued): boolean {
  return AHEAD.has(command.type);
}

/** A batch that was decided on cached accounts, and of which nothing is written yet. */
export interface DecidedAhead {
  readonly accounts: readonly AccountKey[];
  /** The accounts that it changes, and their versions before. */
  readonly changed: UnknownOutcome;
  /**
   * One for each command, true only if everything of {@link writes} is committed; `null` where the command has to be
   * decided on what is stored.
   */
  readonly answers: readonly (Answer | null)[];
  readonly lacking: Lacking;
  readonly revenue: readonly RevenueTally[];
  readonly declined: readonly DeclinedRequest[];
  /** The first of them answers with the database's clock. */
  readonly guards: readonly [Statement, ...Statement[]];
  readonly writes: readonly Statement[];
}

/**
 * Decides a batch on cached accounts. The guards see to it that it is written only if they are what is stored.
 *
 * @param number the batch's, in the pipeline
 * @throws what is wrong with one of the commands. Then nothing is cached of its accounts any more
 */
export function decideAhead(cache: AccountCache, batch: readonly Queued[], now: number, number: number): DecidedAhead {
  const accounts = [...new Set(batch.flatMap(({ needs }) => needs.accounts))].sort(byNumber);
  const versions = cache.versionsOf(accounts).map(String);
  const testClocks = testClocksOf(cache, accounts);
  const holdsUntil = Math.min(...accounts.map((key) => cache.holdsUntil(key)));
  const context: DecisionContext = { state: cache.state, changes: noChanges(), realNow: now, rules: cache.rules };
  try {
    const { answers, lacking, ...decided } = decideBatch(context, { commands: batch, knownKeys: [], mayGuess: false });
    const writes = writeChanges(context, decided, cache.closed);
    cache.follow(context.changes, now, number);
    cache.forgetAbsent(batch.flatMap(({ needs }) => needs.authorizations));
    const moved = new Set([...context.changes.accounts.updated].map(({ account }) => account.key));
    const assumed = [...context.changes.assumed.values()];
    const keys = batch.flatMap(({ key }, index) => (key && answers[index] ? [key] : []));
    return {
      accounts,
      changed: new Map(
        accounts.flatMap((key, index) => (moved.has(key) ? [[key, versions[index] ?? ''] as const] : [])),
      ),
      answers,
      lacking,
      revenue: decided.revenue,
      declined: decided.declined,
      guards: [
        guardAccounts({ keys: accounts, versions, now, holdsUntil }),
        ...(testClocks.length > 0 ? [guardTestClocks(testClocks)] : []),
        ...(keys.length > 0 ? [guardKeys(keys)] : []),
        ...(assumed.length > 0 ? [guardWindows(assumed)] : []),
      ],
      writes,
    };
  } catch (error) {
    // Nothing of it is sent, so what it closed in memory is gone as of the batch before.
    cache.follow(context.changes, now, number - 1);
    cache.forget(accounts);
    throw error;
  }
}

/** The test clocks by which accounts were decided on, each once; none for those of real time. */
function testClocksOf(cache: AccountCache, accounts: readonly AccountKey[]): TestClockReading[] {
  const clocks = new Map<string, TestClockReading>();
  for (const key of accounts) {
    const account = cache.state.accounts.get(key)?.account;
    if (!account?.testClock) continue;
    const { environment, testClock: clock } = account;
    clocks.set(`${environment}/${clock.number}/${clock.aheadMs}`, { environment, ...clock });
  }
  return [...clocks.values()];
}

function byNumber(a: AccountKey, b: AccountKey): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}
