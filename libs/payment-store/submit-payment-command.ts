import type { Command, RefusalCode } from '#ledger';
import type { Engine, IdempotencyKey } from '#ledger-store';

/** What says in the ledger how a payment, a refund or a dispute has gone on. */
export type PaymentCommand = Command<'record_payment' | 'refund_purchase' | 'settle_refund' | 'record_dispute'>;

export type PaymentRecorded =
  { readonly recorded: true; readonly replayed: boolean } | { readonly recorded: false; readonly refusal: RefusalCode };

/**
 * Records news of a payment.
 *
 * @param key by which the news is known, where it may come again; kept with what it does. A refusal isn't kept.
 * @throws {LedgerUnavailable} as the engine does
 */
export async function submitPaymentCommand(
  engine: Pick<Engine, 'submit'>,
  command: PaymentCommand,
  key: IdempotencyKey | null,
): Promise<PaymentRecorded> {
  const last: { refusal: RefusalCode | null } = { refusal: null };
  const { replayed } = await engine.submit({
    command,
    key,
    // A batch may be decided more than once: what was decided last is what was written.
    render: (outcome) => {
      last.refusal = outcome.ok ? null : outcome.refusal.code;
      return { status: outcome.ok ? 200 : 409, body: '{}' };
    },
  });
  const { refusal } = last;
  return refusal === null ? { recorded: true, replayed } : { recorded: false, refusal };
}
