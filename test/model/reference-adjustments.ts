import type { ReferenceAuthorization } from './reference-books.ts';
import { ownId, refusal } from './reference-funding.ts';
import { priceOf } from './reference-prices.ts';
import { ReferenceRefunds } from './reference-refunds.ts';
import type { Answer, Requests } from './requests.ts';
import { larger, smaller, units, type Units } from './units.ts';

/** What was used after all. */
export class ReferenceAdjustments extends ReferenceRefunds {
  adjust({ authorization: name, amount, usage }: Requests['adjust']): Answer {
    const one = this.authorizations.find((each) => each.name === name);
    if (!one) return refusal('authorization_not_found');
    if (one.status === 'authorized') return refusal('authorization_open');
    if (one.status !== 'committed') return refusal(`authorization_${one.status}`);
    const truth = this.truthOf(one, amount, usage);
    if ('code' in truth) return truth;
    const before = this.committed(one) + one.uncollected - one.adjustedDown;
    if (truth.amount > before) this.chargeMore(one, truth.amount - before);
    else this.takeOff(one, before - truth.amount);
    if (truth.tokens !== null && truth.tokens !== one.used) {
      one.firstUsed ??= this.usedIn(one.account, one.createdAt);
      one.used = truth.tokens;
    }
    if (usage.length > 0) one.settlement = one.settlement === 'unpriced' ? 'unpriced' : 'exact';
    this.setOff(one);
    return this.decided(one);
  }

  truthOf(
    one: ReferenceAuthorization,
    amount: string | null,
    usage: Requests['adjust']['usage'],
  ): Answer | { readonly amount: Units; readonly tokens: number | null } {
    if (amount !== null) return { amount: units(amount), tokens: null };
    if (one.settlement === 'unpriced') return refusal('adjusted_after_unpriced');
    if (one.prices === 'none') return { ...refusal('no_rate_card'), account: ownId(one.account) };
    const priced = priceOf(usage, one.prices, one.firstUsed ?? this.usedIn(one.account, one.createdAt));
    return priced.unpriced.length > 0 ? { ...refusal('unpriced_usage'), usage: priced.unpriced } : priced;
  }

  /** As its policy says, but what is rejected of a commit is charged here as far as it goes. */
  chargeMore(one: ReferenceAuthorization, asked: Units): void {
    // What went down and wasn't given back goes up again without a charge.
    const waived = smaller(one.notGivenBack, asked);
    one.notGivenBack -= waived;
    one.adjustedDown -= waived;
    const paid = this.paidBefore(one, 0n, asked - waived);
    this.takeOver(one, paid);
    const more = asked - waived - paid;
    const available = larger(0n, this.availableTo(one));
    const { limit } = this.accountOf(one.account);
    const room = one.overage === 'debt' ? larger(0n, this.availableTo(one) + limit) : available;
    const charged = smaller(more, room);
    this.bookUsage(one, this.pick(one, charged));
    one.uncollected += more - charged;
  }

  takeOff(one: ReferenceAuthorization, less: Units): void {
    const ofUncollected = smaller(one.uncollected, less);
    one.uncollected -= ofUncollected;
    one.adjustedDown += less - ofUncollected;
    const givenBack = smaller(less - ofUncollected, this.committed(one) - this.refunded(one));
    one.notGivenBack += less - ofUncollected - givenBack;
    this.giveBackAll(one, givenBack);
  }
}
