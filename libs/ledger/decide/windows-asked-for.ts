import type { Command } from '../commands.ts';
import { noChanges } from '../changes.ts';
import type { CounterWindow } from '../counters.ts';
import { limitsOfRequest } from './authorize.ts';
import { findAccount, findAuthorization, type DecisionContext } from './context.ts';
import { limitsOfMore } from './limits.ts';

const NO_CHANGES = noChanges();

/** The windows by value that a decision would assume things about, in the accounts at hand. Nothing is decided. */
export function windowsAskedFor(context: Omit<DecisionContext, 'changes'>, command: Command): readonly CounterWindow[] {
  const assumed = new Map<string, CounterWindow>();
  const { keyId } = command;
  const asking = { ...context, changes: { ...NO_CHANGES, assumed }, ...(keyId !== undefined && { keyId }) };
  look(asking, command);
  return [...assumed.values()];
}

function look(context: DecisionContext, command: Command): void {
  switch (command.type) {
    case 'authorize':
    case 'charge':
      lookFor(context, command);
      break;
    case 'authorize_batch':
    case 'charge_batch':
      // No item changes which windows the others ask for.
      for (const item of command.items) lookFor(context, item);
      break;
    case 'extend': {
      const found = findAuthorization(context, command.authorization);
      if (found) limitsOfMore(context, found.account, found.authorization);
    }
  }
}

function lookFor(context: DecisionContext, request: Parameters<typeof limitsOfRequest>[2]): void {
  const account = findAccount(context, request.account);
  if (account) limitsOfRequest(context, account, request);
}
