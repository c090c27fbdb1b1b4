import { formatAmount } from '#amounts';
import { publicId, type Refusal } from '#ledger';
import { problem, type Problem } from './problem.ts';

type AboutPurchase = Extract<
  Refusal,
  { code: 'topup_under_way' | 'refund_exceeds_purchase' | 'returned_exceeds_paid' }
>;

/** The public words for a refusal about money. */
export function problemOfPurchase(refusal: AboutPurchase): Problem {
  switch (refusal.code) {
    case 'topup_under_way': {
      const { account, purchase } = refusal;
      const topup = publicId('topup', purchase);
      return problem(
        refusal.code,
        `The payment of top-up ${topup} isn’t decided yet. Account ${account} can buy again when it is, or when it is canceled.`,
        { account, topup },
      );
    }
    case 'refund_exceeds_purchase': {
      const { currency } = refusal;
      const [credits, money] = [formatAmount(refusal.credits), formatAmount(refusal.money)];
      return problem(
        refusal.code,
        `At most ${credits} credits, for ${money} ${currency}, can still be refunded. Nothing was changed.`,
        { refundable: credits, refundable_money: money, currency },
      );
    }
    case 'returned_exceeds_paid': {
      const returnable = formatAmount(refusal.returnable);
      return problem(
        refusal.code,
        `At most ${returnable} was paid for what is left of the grant. Nothing was changed.`,
        {
          returnable,
        },
      );
    }
  }
}
