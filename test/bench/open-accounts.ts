import { Amount, ZERO } from '#amounts';
import { DEFAULT_TERMS, accountKey, type AccountRef, type Command } from '#ledger';
import { connect } from '#database';
import { Engine, type Submission } from '#ledger-store';
import { giveBudgets } from './budgets.ts';
import { makeRateCards } from './rate-cards.ts';
import { accountNames, type AccountSet } from './accounts.ts';
import { TOPUP_RULE } from './topup-rule.ts';

/** Far more than any run can spend. */
const CREDITS = new Amount('1000000000000');
/** Commands under way at once: well below what the engine's queue takes. */
const AT_ONCE = 5_000;

/** The account of this name in the environment of the bench's key. */
export function liveAccount(id: string): AccountRef {
  return { environment: 'live', id, key: accountKey('live', id) };
}

/** Opens accounts and grants each its credits. */
export async function openAccounts(databaseUrl: string, sets: readonly AccountSet[]): Promise<void> {
  const engine = new Engine({ databaseUrl, log: () => undefined });
  const pool = connect(databaseUrl, { connectionsMax: 1, log: () => undefined });
  try {
    const cards = await makeRateCards(pool);
    const accounts = sets.flatMap((set) =>
      accountNames(set).map((name) => ({
        account: liveAccount(name),
        card: set.card ? cards[set.card] : null,
        hasTopupRule: set.hasTopupRule ?? false,
      })),
    );
    for (let from = 0; from < accounts.length; from += AT_ONCE) {
      const some = accounts.slice(from, from + AT_ONCE);
      await Promise.all(some.map(({ account }) => engine.submit(submission(createAccount(account)))));
      await Promise.all(some.map(({ account }) => engine.submit(submission(createGrant(account)))));
      const toppedUp = some.filter(({ hasTopupRule }) => hasTopupRule);
      await Promise.all(toppedUp.map(({ account }) => engine.submit(submission(setTopupRule(account)))));
    }
    for (const { account, card } of accounts) {
      if (card !== null)
        await pool.query('update accounts set rate_card = $1 where account_id = $2', [card, account.key]);
    }
    for (const set of sets) {
      if (set.budgets) await giveBudgets(pool, accountNames(set).map(liveAccount), set.budgets);
    }
  } finally {
    await engine.stop();
    await pool.end();
  }
}

function submission<T extends 'create_account' | 'create_grant' | 'set_auto_topup'>(
  command: Command<T>,
): Submission<T> {
  return {
    command,
    key: null,
    render: (outcome) => {
      if (!outcome.ok) throw new Error(`An account can't be opened: ${outcome.refusal.code}`);
      return { status: 201, body: '' };
    },
  };
}

function createAccount(account: AccountRef): Command<'create_account'> {
  return { type: 'create_account', account, unit: 'credits', terms: DEFAULT_TERMS };
}

function createGrant(account: AccountRef): Command<'create_grant'> {
  return {
    type: 'create_grant',
    account,
    amount: CREDITS,
    category: 'paid',
    priority: 100,
    scope: null,
    costBasis: ZERO,
    effectiveAt: null,
    expiresAt: null,
    metadata: {},
  };
}

function setTopupRule(account: AccountRef): Command<'set_auto_topup'> {
  return { type: 'set_auto_topup', account, terms: TOPUP_RULE };
}
