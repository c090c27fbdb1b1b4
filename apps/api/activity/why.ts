import type { GrantCategory, TransferKind, Usage } from '#ledger';
import type { Movement } from '#ledger-store';
import { timeView } from '../lists/time-view.ts';

type Words = (movement: Movement) => string;

const GRANTED: Readonly<Record<GrantCategory, string>> = {
  paid: 'Paid credits granted',
  promotional: 'Promotional credits granted',
  included: 'Included credits granted',
};

const WORDS: Readonly<Record<TransferKind, Words>> = {
  grant: granted,
  usage: used,
  debt_repayment: () => 'Debt repaid out of a grant',
  breakage: () => 'Expired unused',
  grant_void: () => 'Grant voided',
  refund: ({ transfer }) => (transfer.credit === 'debt' ? 'Usage refunded; it was debt' : 'Usage refunded'),
  commitment: () => 'Missing to the commitment of the month',
  rollover: () => 'Rolled over into the next period',
  write_off: ({ transfer }) =>
    transfer.credit === 'debt' ? 'Debt written off' : 'Written off debt taken back for a refund',
  purchase_refund: () => 'Taken back, because the purchase was refunded',
};

/** Why credits have moved, in words. */
export function why(movement: Movement): string {
  const { kind, reason } = movement.transfer;
  const words = WORDS[kind](movement);
  return reason === null ? words : `${words}: ${reason}`;
}

function granted({ transfer: { debit }, effectiveAt }: Movement): string {
  const words = GRANTED[debit.slice('funding:'.length) as GrantCategory];
  return effectiveAt === null ? words : `${words}, in effect from ${timeView(effectiveAt)}`;
}

function used(movement: Movement): string {
  const [usage] = usagesOf(movement);
  const what =
    usage === undefined ? '' : ` by ${usage.event}${usage.model === undefined ? '' : ` with ${usage.model}`}`;
  return `Used${what}${movement.transfer.debit === 'debt' ? ', as debt' : ''}`;
}

/** What the movement was for: usage as it was stated, or else as it was announced. */
export function usagesOf({ stated, announced }: Movement): readonly Usage[] {
  return stated.length > 0 ? stated.map(({ usage }) => usage) : announced;
}
