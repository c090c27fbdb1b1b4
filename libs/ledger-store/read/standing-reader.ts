import type { Pool, PoolClient } from '#database';
import {
  budgetsOf,
  budgetWindowAt,
  NO_RULES,
  noChanges,
  standingOf,
  timeLeft,
  timeOf,
  type AccountRef,
  type AccountState,
  type LedgerRules,
  type LimitUse,
  type Spender,
  type Standing,
  type TimeLeft,
} from '#ledger';
import { findLimitNow } from '../limits/limit-reader.ts';
import { loadWindows } from '../load/window-statements.ts';
import { queryable } from '../queryable.ts';
import { attemptRead } from './attempt-read.ts';
import { accountIn, inSnapshot, readSettled } from './snapshot.ts';

type Limiting = Pick<LedgerRules, 'budgets' | 'defaultRules' | 'spanLimits'>;

export interface TimedStanding extends Standing {
  /** How long the credits last; `null` where nothing was used in the last hour. */
  readonly timeLeft: TimeLeft | null;
}

/** Reads how accounts stand. */
export class StandingReader {
  constructor(
    private readonly pool: Pool,
    private readonly rules: Limiting,
  ) {}

  /**
   * How an account stands, for requests like this one; `null` where there is no such account.
   *
   * @throws {LedgerUnavailable} where the database isn't there
   */
  find(ref: AccountRef, spender: Spender): Promise<TimedStanding | null> {
    return attemptRead(() =>
      inSnapshot(this.pool, async (client) => {
        const loaded = await readSettled(client, ref.environment, [ref.key]);
        const account = accountIn(loaded, ref);
        if (!account) return null;
        const { budgets, defaultRules, spanLimits: book } = this.rules;
        const rules: LedgerRules = { ...NO_RULES, budgets, defaultRules, spanLimits: book };
        const context = { state: loaded.state, changes: noChanges(), realNow: loaded.realNow, rules };
        const now = timeOf(context, account);
        const [spanLimits] = await Promise.all([
          spanUses(client, rules, account, spender),
          loadWindowsByValue(client, rules, account, { spender, now }),
        ]);
        const standing = standingOf(context, account, spender, { spanLimits, byScope: true, unknownIsEmpty: true });
        return { ...standing, timeLeft: timeLeft(account.account.burnRate, account.posted, now) };
      }),
    );
  }
}

/** What all accounts together have used and held of the limits that the request falls under. */
async function spanUses(
  client: PoolClient,
  { spanLimits }: Pick<LedgerRules, 'spanLimits'>,
  { account: { environment, unit } }: AccountState,
  { keyId }: Spender,
): Promise<readonly LimitUse[]> {
  const known = spanLimits.of(environment, keyId, unit);
  const found = await Promise.all(known.map(({ id }) => findLimitNow(queryable(client), environment, id)));
  return found.flatMap((limit) => {
    if (!limit) return [];
    const { kind, amount, spent, held, window } = limit;
    const use = { limit: amount, used: spent.plus(held), resetsAt: window.end };
    return [{ kind, name: null, value: null, ...use, isHard: true }];
  });
}

async function loadWindowsByValue(
  client: PoolClient,
  rules: Pick<LedgerRules, 'budgets'>,
  account: AccountState,
  { spender, now }: { readonly spender: Spender; readonly now: number },
): Promise<void> {
  const { counters } = account;
  const { key, terms } = account.account;
  const wanted = budgetsOf({ rules }, account).flatMap((scope) =>
    scope
      .countersOf(spender)
      .filter(({ value }) => value !== null)
      .map((counted) => {
        const { window } = budgetWindowAt({ counters, timeZone: terms.timeZone }, scope, counted, now);
        return { accountKey: key, counter: counted.counter, windowStart: window.start, windowEnd: window.end };
      }),
  );
  await loadWindows(client, new Map([[key, account]]), wanted);
}
