import type { AccountRef, News } from '#ledger';
import type { Engine } from '#ledger-store';
import { hashedUuid } from '#pricing';

/**
 * Tells an account's news. The same occasion is told once, however often and by how many workers it is asked for. An account that was
 * closed meanwhile is told nothing.
 *
 * @param occasion what tells this from all other news of the account
 * @throws {LedgerUnavailable} where the ledger is away
 */
export async function tellOnce(
  engine: Pick<Engine, 'submit'>,
  account: AccountRef,
  news: News,
  occasion: string,
): Promise<void> {
  const key = hashedUuid(JSON.stringify(['news', account.environment, account.id, news.type, occasion]));
  await engine.submit<'tell'>({
    command: { type: 'tell', account, news },
    key: { scope: account.key, key, fingerprint: key, forever: false },
    render: (outcome) => ({ status: outcome.ok ? 200 : 409, body: '{}' }),
  });
}
