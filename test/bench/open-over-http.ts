import { accountNames, type AccountSet } from './accounts.ts';
import { ADMIN_KEY, TEST_ADMIN_KEY } from './bench-server.ts';
import { REFILL_POSTS, type BenchRefill } from './refill-posts.ts';
import { sendAll, type Post } from './send-all.ts';

export type Environment = 'live' | 'test';

export const KEYS: Readonly<Record<Environment, string>> = { live: ADMIN_KEY, test: TEST_ADMIN_KEY };

/** Accounts that are opened before anything is measured. */
export interface Opening {
  readonly accounts: AccountSet;
  readonly environment?: Environment;
  /** Far more credits than a run can spend, unless it is said; the same, but all of them held; or none. */
  readonly credits?: 'plenty' | 'held' | 'none';
  /** What refills them, besides; nothing unless it is said. */
  readonly refill?: BenchRefill;
}

/** Far more than any run can spend. */
const PLENTY = '1000000000000';
/** Longer than any run. */
const HELD_SECONDS = 86_400;

/** Opens accounts by requests, so that it doesn't matter which version of the service has which tables. */
export async function openOverHttp(
  url: string,
  { accounts, environment = 'live', credits = 'plenty', refill }: Opening,
): Promise<void> {
  const names = accountNames(accounts);
  const send = (post: (name: string) => Post): Promise<void> => sendAll(url, KEYS[environment], names.map(post));
  await send((name) => ({ path: '/v1/accounts', body: `{"id":"${name}"}` }));
  if (refill) for (const post of REFILL_POSTS[refill]) await send(post);
  if (credits === 'none') return;
  await send((name) => ({ path: `/v1/accounts/${name}/grants`, body: `{"amount":"${PLENTY}"}` }));
  if (credits === 'plenty') return;
  await send((name) => ({
    path: '/v1/authorizations',
    body: `{"account":"${name}","amount":"${PLENTY}","expires_in":${HELD_SECONDS}}`,
  }));
}
