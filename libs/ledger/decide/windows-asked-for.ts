import type { Command, ObjectRef, SpendRequest } from '../commands.ts';
import { noChanges } from '../changes.ts';
import type { CounterWindow } from '../counters.ts';
import { limitsOfRequest } from './authorize.ts';
import { checkRulesOfMore } from './check-rules.ts';
import { findAccount, findAuthorization, type DecisionContext } from './context.ts';
import { napsOf } from './naps.ts';
import { lastFound } from './restrain.ts';
import { shareOf } from './return-share.ts';

const NO_CHANGES = noChanges();

/**
 * The windows by value that a decision would take for empty ones, because they aren't known of the accounts at hand. Nothing is decided;
 * no item of a batch changes which windows the others ask for.
 */
export function windowsAskedFor(context: Omit<DecisionContext, 'changes'>, command: Command): readonly CounterWindow[] {
  const assumed = new Map<string, CounterWindow>();
  const { keyId } = command;
  const asking = { ...context, changes: { ...NO_CHANGES, assumed }, ...(keyId !== undefined && { keyId }) };
  for (const request of requestsOf(command)) {
    const account = findAccount(asking, request.account);
    if (account) limitsOfRequest(asking, account, request);
  }
  for (const ref of committedBy(command)) {
    const found = findAuthorization(asking, ref);
    if (found) napsOf(asking, found.account, found.authorization.tags);
  }
  if (command.type === 'extend') {
    const found = findAuthorization(asking, command.authorization);
    if (found) checkRulesOfMore(asking, found.account, found.authorization);
  }
  if (command.type === 'return_share') {
    const account = findAccount(asking, command.account);
    if (account) shareOf(asking, account, command);
  }
  if (command.type === 'restrain') {
    const account = findAccount(asking, command.account);
    if (account) lastFound(asking, account, command.finding);
  }
  return [...assumed.values()];
}

/**
 * What a command asks for that may be limited. More for an open authorization counts in windows that were loaded with it, but for rates of
 * rules that came later.
 */
function requestsOf(command: Command): readonly SpendRequest[] {
  switch (command.type) {
    case 'authorize':
    case 'charge':
      return [command];
    case 'authorize_batch':
    case 'charge_batch':
      return command.items;
    default:
      return [];
  }
}

/** The authorizations that it commits, each of which may begin naps. */
function committedBy(command: Command): readonly ObjectRef[] {
  switch (command.type) {
    case 'commit':
      return [command.authorization];
    case 'commit_batch':
      return command.items.map(({ authorization }) => authorization);
    default:
      return [];
  }
}
