import type { Command, SpendRequest } from '../commands.ts';
import { noChanges } from '../changes.ts';
import type { CounterWindow } from '../counters.ts';
import { limitsOfRequest } from './authorize.ts';
import { findAccount, type DecisionContext } from './context.ts';

const NO_CHANGES = noChanges();

/**
 * The windows by value that a decision would take for empty ones, because they aren't known of the accounts at hand. Nothing is decided;
 * no item of a batch changes which windows the others ask for.
 */
export function windowsAskedFor(context: Omit<DecisionContext, 'changes'>, command: Command): readonly CounterWindow[] {
  const requests = requestsOf(command);
  if (requests.length === 0) return [];
  const assumed = new Map<string, CounterWindow>();
  const { keyId } = command;
  const asking = { ...context, changes: { ...NO_CHANGES, assumed }, ...(keyId !== undefined && { keyId }) };
  for (const request of requests) {
    const account = findAccount(asking, request.account);
    if (account) limitsOfRequest(asking, account, request);
  }
  return [...assumed.values()];
}

/** What a command asks for that may be limited. More for an open authorization counts in windows that were loaded with it. */
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
