import type { ReferenceAuthorization } from './reference-books.ts';
import { heldBy } from './reference-books.ts';
import { ownId, refusal } from './reference-funding.ts';
import { ReferenceRules } from './reference-rules.ts';
import type { AccountName, Answer, Requests } from './requests.ts';
import { larger, smaller, sum, text, units, type Units } from './units.ts';

const DAY = 24 * 60 * 60_000;

/** The limit of an API key over all accounts. It knows nothing of shares: what counts is what was asked for with the key. */
export class ReferenceShares extends ReferenceRules {
  keyLimit: { readonly amount: Units; readonly period: 'day' | 'total' } | null = null;
  /** What the service said. */
  told: Answer | null = null;

  limitKey({ amount, period }: Requests['limit_key']): Answer {
    this.keyLimit = { amount: units(amount), period };
    return { code: 'ok' };
  }

  /**
   * What is used and held leaves no room. Of that, what commits took beyond their holds counts only from its account's next request
   * on, which has it leased: until then, the service may say yes or no to others.
   */
  overKeyLimit(account: AccountName, required: Units, at: number): Answer | null {
    if (this.keyLimit === null || required === 0n) return null;
    const { amount: limit, period } = this.keyLimit;
    const window = (time: number): number => (period === 'day' ? Math.floor(time / DAY) : 0);
    const counting = this.authorizations.filter((one) => one.isOfKey && window(one.createdAt) === window(at));
    const taken = sum(counting, (one) => this.takenBy(one));
    if (taken + required <= limit) return null;
    const mayPass = taken - sum(counting, ({ beyond }) => beyond) + required <= limit;
    if (mayPass && this.told?.code !== 'key_limit_exceeded') return null;
    const resetsAt = period === 'day' ? (window(at) + 1) * DAY : null;
    const figures = { required: text(required), limit: text(limit), resetsAt };
    return { ...refusal('key_limit_exceeded'), account: ownId(account), ...figures };
  }

  /** What it has used and holds. */
  takenBy(one: ReferenceAuthorization): Units {
    return heldBy(one) + this.committed(one) - this.refunded(one);
  }

  /** After a request that its limits allow for. */
  countAllowed(one: ReferenceAuthorization): void {
    one.taken = this.takenBy(one);
  }

  /** After anything else: a commit may take more than was held. */
  countBeyond(one: ReferenceAuthorization): void {
    const taken = this.takenBy(one);
    one.beyond = smaller(one.beyond + larger(0n, taken - one.taken), taken);
    one.taken = taken;
  }

  override close(one: ReferenceAuthorization, status: 'committed' | 'voided' | 'expired'): void {
    super.close(one, status);
    if (status === 'expired') this.countBeyond(one);
  }
}
