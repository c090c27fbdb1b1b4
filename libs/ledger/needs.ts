import type { PlanVersionRef } from './account-plan.ts';
import type { AccountRef, Command, ObjectRef } from './commands.ts';
import { accountKeyOf, parsePublicId, type AccountKey } from './ids.ts';
import { withTestClocks } from './test-clock.ts';

/** What has to be locked and loaded before a command can be decided. The first account is the one its key is kept under. */
export interface Needs {
  readonly accounts: readonly AccountKey[];
  readonly authorizations: readonly string[];
  readonly grants: readonly string[];
  /** Authorizations whose credits may go back: the grants they drew on are needed too. */
  readonly refunds: readonly string[];
  /** Purchases, with the grants that they brought. */
  readonly purchases: readonly string[];
  /** Accounts whose purchase under way is needed. */
  readonly underWay: readonly AccountKey[];
  /** The environments with test clocks that it acts in; not `live`. */
  readonly testClocks: readonly string[];
  /** Accounts whose declines are to be reported. */
  readonly sweeps: readonly AccountKey[];
  /** The UUIDs of rate cards that it gives to accounts. */
  readonly rateCards: readonly string[];
}

export function needsOf(command: Command): Needs {
  switch (command.type) {
    case 'create_account':
    case 'update_account':
      return { ...ofAccounts([command.account]), rateCards: command.terms.rateCard ? [command.terms.rateCard] : [] };
    case 'set_plan':
      return { ...ofAccounts([command.account]), rateCards: cardsOf(command.plan) };
    case 'set_account_status':
    case 'write_off':
    case 'erase_account':
    case 'finish_erasure':
    case 'set_alerts':
    case 'set_auto_topup':
    case 'put_budget':
    case 'update_budget':
    case 'delete_budget':
    case 'raise_budget':
    case 'request_raise':
    case 'decide_raise':
    case 'set_rules':
    case 'restrain':
    case 'resume_usage':
    case 'tell':
    case 'create_grant':
    case 'put_recurring_grant':
    case 'delete_recurring_grant':
    case 'pause_recurring_grant':
    case 'resume_recurring_grant':
    case 'begin_purchase':
    case 'authorize':
    case 'charge':
    case 'return_share':
      return ofAccounts([command.account]);
    case 'close_account':
      return { ...ofAccounts([command.account]), underWay: [command.account.key] };
    case 'sweep':
      return { ...ofAccounts([command.account]), sweeps: [command.account.key] };
    case 'authorize_batch':
    case 'charge_batch':
      return ofAccounts(command.items.map(({ account }) => account));
    case 'void_grant':
      return { ...ofObjects([command.grant]), grants: [command.grant.id] };
    case 'record_payment':
    case 'cancel_purchase':
    case 'refund_purchase':
    case 'settle_refund':
    case 'record_dispute':
      return { ...ofObjects([command.purchase]), purchases: [command.purchase.id] };
    case 'commit':
    case 'void':
    case 'extend':
      return ofAuthorizations([command.authorization]);
    case 'refund':
    case 'adjust':
      return { ...ofAuthorizations([command.authorization]), refunds: [command.authorization.id] };
    case 'commit_batch':
      return ofAuthorizations(command.items.map(({ authorization }) => authorization));
  }
}

function cardsOf(plan: PlanVersionRef | null): readonly string[] {
  const card = plan?.terms.rate_card;
  return card ? [parsePublicId('rateCard', card) ?? []].flat() : [];
}

function ofAccounts(accounts: readonly AccountRef[]): Needs {
  return {
    accounts: accounts.map(({ key }) => key),
    authorizations: [],
    grants: [],
    refunds: [],
    purchases: [],
    underWay: [],
    testClocks: withTestClocks(accounts),
    sweeps: [],
    rateCards: [],
  };
}

function ofObjects(objects: readonly ObjectRef[]): Needs {
  return {
    accounts: objects.map(({ id }) => accountKeyOf(id)),
    authorizations: [],
    grants: [],
    refunds: [],
    purchases: [],
    underWay: [],
    testClocks: withTestClocks(objects),
    sweeps: [],
    rateCards: [],
  };
}

function ofAuthorizations(authorizations: readonly ObjectRef[]): Needs {
  return { ...ofObjects(authorizations), authorizations: authorizations.map(({ id }) => id) };
}

/** How many decisions a command asks for: what it weighs in a queue. */
export function weightOf(command: Command): number {
  return 'items' in command ? command.items.length : 1;
}
