import { type Amount, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import type { Transfer } from '../chart.ts';
import { must } from './must.ts';

/** Watches that nothing is given back twice, nor to where it didn't come from. */
export class RefundCheck {
  /** By authorization and transaction: what was charged there and is not refunded yet. */
  private readonly charged = new Map<string, Amount>();
  /** By grant: what it paid for usage and debt and did not get back yet. */
  private readonly paid = new Map<string, Amount>();
  private readonly refunded = new Map<string, Amount>();

  addTransfer(transfer: Transfer): void {
    const { kind, amount, grantId, authorizationId, transactionId, corrects, reason } = transfer;
    must(mayCorrect(transfer) === (corrects !== null), 'only a refund, and what a failed one gives again, corrects');
    must(kind === 'refund' || kind === 'write_off' || reason === null, 'only a refund and a write-off have a reason');
    const isCharge = kind === 'usage' || kind === 'commitment';
    if (grantId !== null && (isCharge || kind === 'debt_repayment')) add(this.paid, grantId, amount);
    // What is charged for a commitment, and set off, is no authorization's.
    if (isCharge) add(this.charged, `${String(authorizationId)}/${transactionId}`, amount);
    if (kind !== 'refund') return;
    if (authorizationId !== null) add(this.refunded, authorizationId, amount);
    const open = add(this.charged, `${String(authorizationId)}/${String(corrects)}`, amount.neg());
    must(open.gte(0), 'of a transaction no more is refunded than it charged');
    if (grantId === null) return;
    must(add(this.paid, grantId, amount.neg()).gte(0), 'no grant gets back more than it paid');
  }

  checkAuthorization({ id, committed, refunded }: Authorization): void {
    must(refunded.eq(this.refunded.get(id) ?? ZERO), 'refunded = Σ refund transfers');
    must(refunded.lte(committed), 'refunded ≤ committed');
  }
}

function add(sums: Map<string, Amount>, name: string, amount: Amount): Amount {
  const sum = (sums.get(name) ?? ZERO).plus(amount);
  sums.set(name, sum);
  return sum;
}

function mayCorrect({ kind, credit }: Transfer): boolean {
  return kind === 'refund' || (kind === 'purchase_refund' && credit === 'grant');
}
