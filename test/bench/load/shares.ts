import { accountName, accountNames, type AccountSet } from '../accounts.ts';
import type { Clients, Load } from './load.ts';
import { processOf } from './process-of.ts';

/** One of the services, and the accounts that it is asked for. */
export interface Share {
  readonly url: string;
  /** The account that is next. */
  readonly pick: () => string;
}

/** What each service is asked for; one that no account is sent to is left out. */
export function sharesOf(
  { urls, routed = false }: Clients,
  { accounts, picks = 'by-chance' }: Pick<Load, 'accounts' | 'picks'>,
): Share[] {
  if (!routed) {
    const pick = picks === 'by-chance' ? anyOf(accounts) : eachOf(accounts);
    return urls.map((url) => ({ url, pick }));
  }
  if (picks !== 'by-chance') throw new Error('accounts that are taken in turn are not routed');
  return urls.flatMap((url, process) => {
    const names = accountNames(accounts).filter((name) => processOf(name, urls.length) === process);
    return names.length === 0 ? [] : [{ url, pick: oneOf(names) }];
  });
}

function anyOf(set: AccountSet): () => string {
  if (set.count === 1) return () => set.name;
  return () => accountName(set, Math.floor(Math.random() * set.count));
}

function eachOf(set: AccountSet): () => string {
  let next = 0;
  return () => {
    if (next === set.count) throw new Error(`all ${set.count} accounts of ${set.name} have been used`);
    next += 1;
    return accountName(set, next - 1);
  };
}

function oneOf(names: readonly string[]): () => string {
  return () => names[Math.floor(Math.random() * names.length)] ?? '';
}
