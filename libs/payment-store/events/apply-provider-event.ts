import { accountKey, accountKeyOf, parsePublicId, type ObjectRef } from '#ledger';
import type { IdempotencyKey } from '#ledger-store';
import type { ProviderEvent, ProviderName, RefundEvent } from '#payments';
import { hash } from 'node:crypto';
import type { PaymentWork } from '../payment-work.ts';
import { submitPaymentCommand, type PaymentCommand } from '../submit-payment-command.ts';

export type EventOutcome =
  /** It is in the ledger, from this time or from one before. */
  | 'applied'
  /** It changes nothing that the ledger knows of. */
  | 'ignored'
  /** The ledger has no such purchase. */
  | 'purchase_unknown';

/**
 * Records news from a provider, once however often the same news comes: the event's id is kept for ever, in the transaction that
 * acts on it.
 *
 * @throws {LedgerUnavailable} where the ledger is away; the provider sends it again
 */
export async function applyProviderEvent(
  { engine, log }: Pick<PaymentWork, 'engine' | 'log'>,
  provider: ProviderName,
  event: ProviderEvent,
): Promise<EventOutcome> {
  const { environment, account, purchase: publicPurchase } = event;
  const id = parsePublicId('purchase', publicPurchase);
  const scope = accountKey(environment, account);
  // A purchase's id says whose it is: what names another account with it wasn't written by Purser.
  if (id === null || accountKeyOf(id) !== scope) {
    log(`${describe(provider, event)} names an account that the purchase isn't of. It was ignored.`);
    return 'purchase_unknown';
  }
  const commands = commandsOf(event, { environment, id });
  if (commands.length === 0) return 'ignored';
  const key = hashedKey(JSON.stringify(['provider_event', provider, event.id]));
  const kept: IdempotencyKey = { scope, key, fingerprint: key, forever: true };
  for (const command of commands) {
    const recorded = await submitPaymentCommand(engine, command, kept);
    if (recorded.recorded) return 'applied';
    if (recorded.refusal !== 'purchase_not_found') {
      throw new Error(`${describe(provider, event)} was refused by the ledger: ${recorded.refusal}.`);
    }
  }
  const hint = 'If the database was restored from a backup, `purser reconcile stripe` lists what is missing.';
  log(`${describe(provider, event)} is about something that isn't in the ledger. It was ignored. ${hint}`);
  return 'purchase_unknown';
}

function describe(provider: ProviderName, { id, type, purchase, account, environment }: ProviderEvent): string {
  return `The ${type} event ${id} of ${provider}, about ${purchase} of the account ${account} in ${environment},`;
}

/** @returns what to record: the next one where the ledger doesn't know what the one before is about. None for what is news to nobody */
function commandsOf(event: ProviderEvent, purchase: ObjectRef): readonly PaymentCommand[] {
  switch (event.type) {
    case 'payment':
      return [{ type: 'record_payment', purchase, result: event.result }];
    case 'dispute': {
      const { state, reference, money } = event;
      return [{ type: 'record_dispute', purchase, state, reference, money: money?.amount ?? null }];
    }
    case 'refund':
      return refundCommands(event, purchase);
  }
}

function refundCommands(
  { refund, status, reference, money }: RefundEvent,
  purchase: ObjectRef,
): readonly PaymentCommand[] {
  if (status === 'pending') return [];
  const made = { type: 'refund_purchase', purchase, origin: 'provider', money: money.amount, reference } as const;
  // What has succeeded may fail later: the bank sends it back.
  const settled = { type: 'settle_refund', purchase, refund, status, reference } as const;
  if (status === 'failed') return [settled];
  // The money has gone back also where a ledger that was restored from a backup doesn't know that it had asked for it.
  return refund === null ? [made] : [settled, made];
}

function hashedKey(text: string): string {
  const hex = hash('sha256', text, 'hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
