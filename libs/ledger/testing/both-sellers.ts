import { Amount, formatAmount, ZERO } from '#amounts';
import type { LedgerAccount, Transfer, TransferKind } from '../chart.ts';
import type { LedgerEvent, LedgerEvents } from '../events.ts';
import { publicId } from '../ids.ts';
import { plain } from './plain.ts';
import { sellerAt } from './purchase-fixture.ts';
import type { PaymentStep, Step } from './random-payments.ts';
import { frozenOf, NEVER } from './reference-credits.ts';
import type { PaymentResult } from '../purchases.ts';
import { goneBack, statusOf, type ReferencePurchases, type Told } from './reference-purchases.ts';
import { Refused } from './refused.ts';

const START = '2026-01-01T00:00:00Z';
const HOUR = 3600;
export const OVERDRAFT = 32;

/** What the ledger says, and what the reference does. */
interface Pair<T> {
  readonly ledger: T;
  readonly reference: T;
}

/** An account that buys credits, in the ledger and in the reference. */
export class BothSellers {
  private readonly ledger = sellerAt(START).account('acme', { overdraftLimit: String(OVERDRAFT) });
  private readonly ids: string[] = [];
  /** Those that are neither committed nor released. */
  private holds: readonly { readonly nth: number; readonly id: string }[] = [];
  private holdsMade = 0;

  constructor(private readonly reference: ReferencePurchases) {}

  /** @returns whether it was accepted */
  take(step: Step): Pair<boolean> {
    const { ledger, reference } = this;
    switch (step.do) {
      case 'pass':
        reference.pass(step.hours);
        ledger.advance(step.hours * HOUR);
        return { ledger: true, reference: true };
      case 'sweep':
        ledger.sweep();
        return { ledger: true, reference: true };
      case 'close':
        return {
          reference: reference.close(step.remains),
          ledger: accepts(() => ledger.close(step.remains === 'lost' ? 'breakage' : 'return')),
        };
      case 'buy': {
        const { credits, bonus, cents, hours } = step.offered;
        const terms = { bonus: String(bonus), price: money(cents), expiresAfterMs: hours && hours * HOUR * 1000 };
        return {
          reference: reference.buy(step.offered),
          ledger: accepts(() => this.ids.push(ledger.buy(String(credits), terms).id)),
        };
      }
      case 'charge':
      case 'hold':
      case 'commit':
      case 'release':
      case 'give':
      case 'void':
        return this.spend(step);
      default:
        return this.tell(step);
    }
  }

  /** Every figure that can be seen. */
  figures(): Pair<object> {
    return { ledger: this.ofLedger(), reference: this.ofReference() };
  }

  finish(): void {
    this.ledger.checkPastBalances();
  }

  private spend(
    step: PaymentStep & { readonly do: 'charge' | 'hold' | 'commit' | 'release' | 'give' | 'void' },
  ): Pair<boolean> {
    const { ledger, reference, holds } = this;
    switch (step.do) {
      case 'charge':
        return { reference: reference.charge(step.amount), ledger: accepts(() => ledger.charge(String(step.amount))) };
      case 'give': {
        const { amount, hours } = step;
        const expiry = hours === null ? {} : { expiresIn: hours * HOUR };
        return {
          reference: reference.give(amount, hours),
          ledger: accepts(() => ledger.grant(String(amount), expiry)),
        };
      }
      case 'void': {
        const nth = reference.buckets.length - 1 - step.back;
        const grant = ledger.grants()[nth];
        return {
          reference: reference.void(nth),
          ledger: grant !== undefined && accepts(() => ledger.voidGrant(grant)),
        };
      }
      case 'hold': {
        const nth = this.holdsMade++;
        const terms = { holdSeconds: step.hours * HOUR, overage: step.mayOwe ? 'debt' : 'cap' } as const;
        const hold = (): void => {
          this.holds = [...holds, { nth, id: ledger.authorize(String(step.amount), terms).id }];
        };
        return { reference: reference.hold(nth, step.amount, step), ledger: accepts(hold) };
      }
      default: {
        const hold = holds.at(-1 - step.back);
        if (!hold) return { ledger: false, reference: false };
        const both =
          step.do === 'release'
            ? { reference: reference.release(hold.nth), ledger: accepts(() => ledger.void(hold)) }
            : {
                reference: reference.commit(hold.nth, step.amount),
                ledger: accepts(() => ledger.commit(hold, String(step.amount))),
              };
        if (both.ledger) this.holds = holds.filter((one) => one !== hold);
        return both;
      }
    }
  }

  private tell(
    step: PaymentStep & {
      readonly do: 'tell' | 'cancel' | 'refund credits' | 'refund money' | 'settle refund' | 'dispute';
    },
  ): Pair<boolean> {
    const { ledger, reference } = this;
    const nth = Math.max(0, this.ids.length - 1 - step.back);
    const [one, id] = [reference.sold[nth], this.ids[nth]];
    if (!one || id === undefined) return { ledger: this.ids.length > 0, reference: reference.sold.length > 0 };
    const purchase = { id };
    switch (step.do) {
      case 'tell':
        reference.tell(one, step.told);
        return { reference: true, ledger: accepts(() => ledger.pay(purchase, resultOf(step.told))) };
      case 'cancel':
        return { reference: reference.cancel(one), ledger: accepts(() => ledger.cancel(purchase)) };
      case 'refund credits': {
        const credits = step.credits === null ? null : String(step.credits);
        return {
          reference: reference.refundCredits(one, step.credits),
          ledger: accepts(() => ledger.refundCredits(purchase, credits)),
        };
      }
      case 'refund money':
        reference.refundMoney(one, step.cents, step.reference);
        return {
          reference: true,
          ledger: accepts(() => ledger.refundMoney(purchase, money(step.cents), step.reference)),
        };
      case 'settle refund':
        if (!one.refunds[step.nth]) return { ledger: true, reference: true };
        reference.settleRefund(one, step.nth, step.status);
        return { reference: true, ledger: accepts(() => ledger.settleRefund(purchase, step.status, step.nth)) };
      case 'dispute': {
        const { state, reference: name, cents } = step;
        reference.dispute(one, step);
        const about = { reference: name, ...(cents === null ? {} : { money: money(cents) }) };
        return { reference: true, ledger: accepts(() => ledger.dispute(purchase, state, about)) };
      }
    }
  }

  private ofLedger(): object {
    const { ledger } = this;
    const { account, grants, transfers } = ledger.booksNow();
    const purchases = this.ids.map((id) => ledger.purchase({ id }));
    return {
      ...plain({ posted: account.posted, held: account.held, debt: account.account.debt }),
      available: formatAmount(account.posted.minus(account.held)),
      ...sumsOf(transfers),
      grants: grants.map(({ remaining, held, frozen, expiresAt }) => [
        ...plain([remaining, held, frozen]),
        expiresAt === null ? NEVER : (expiresAt - Date.parse(START)) / (HOUR * 1000),
      ]),
      purchases: purchases.map(({ status, failure, refundedMoney, refundedCredits, lostCredits }) => ({
        status,
        failure: failure && failure.code,
        back: [refundedMoney, refundedCredits, lostCredits],
      })),
      underWay: purchases.findIndex(({ status }) => status === 'pending' || status === 'requires_action'),
      events: ledger.events().flatMap((event) => this.inWords(event)),
    };
  }

  private ofReference(): object {
    const { reference } = this;
    const { sums, buckets, sold } = reference;
    return {
      posted: String(reference.posted()),
      held: String(reference.held()),
      available: String(reference.available()),
      debt: String(reference.debt),
      ...Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, String(sum)])),
      grants: buckets.map((bucket) => [
        ...[bucket.left, bucket.held + frozenOf(bucket), frozenOf(bucket)].map(String),
        bucket.until,
      ]),
      purchases: sold.map((one) => {
        const { cents, taken, lost } = goneBack(one);
        return {
          status: statusOf(one),
          failure: one.failure,
          back: [String(cents / 100), String(taken), String(lost)],
        };
      }),
      underWay: reference.underWay(),
      events: reference.events,
    };
  }

  private inWords({ type, data }: LedgerEvent): string[] {
    if (!('topup' in data) || 'declines' in data) return [];
    const nth = this.ids.findIndex((id) => publicId('topup', id) === data.topup);
    return [[type, nth, ...figuresOf(data)].join(' ')];
  }
}

type PaymentEvent = 'topup.succeeded' | 'payment.refunded' | 'payment.disputed';

function figuresOf(data: LedgerEvents[PaymentEvent]): readonly (string | number)[] {
  if (!('money' in data)) return [data.failure?.code ?? data.action_url ?? []].flat();
  const moved = [formatAmount(new Amount(data.money).times(100)), data.credits, data.lost_credits];
  return 'origin' in data ? [data.origin, data.status, ...moved] : [data.state, ...moved];
}

function sumsOf(transfers: readonly Transfer[]): Record<keyof ReferencePurchases['sums'], string> {
  const sum = (kind: TransferKind, back?: LedgerAccount): string => {
    const amounts = transfers
      .filter((one) => one.kind === kind)
      .map(({ credit, amount }) => (credit === back ? amount.neg() : amount));
    return formatAmount(Amount.sum(ZERO, ...amounts));
  };
  return {
    granted: sum('grant'),
    spent: sum('usage'),
    repaid: sum('debt_repayment'),
    lost: sum('breakage'),
    returned: sum('grant_void'),
    refunded: sum('purchase_refund', 'grant'),
  };
}

function resultOf(told: Told): Partial<PaymentResult> {
  const { status } = told;
  if (status === 'requires_action') return { status, actionUrl: told.url };
  if (status === 'succeeded' && told.cents !== null) {
    return { status, paid: { amount: new Amount(money(told.cents)), currency: 'EUR' } };
  }
  const failure = { code: 'card_declined', message: 'The card was declined.' };
  return status === 'failed' ? { status, failure } : { status };
}

function money(cents: number): string {
  return (cents / 100).toFixed(2);
}

function accepts(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
