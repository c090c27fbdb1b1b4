import { formatAmount } from '#amounts';
import type { Line } from '#pricing';

export function lineView({ event, model, component, quantity, count, rate, amount }: Line) {
  return {
    event,
    model,
    component,
    quantity,
    count: formatAmount(count),
    rate: rate && formatAmount(rate),
    amount: formatAmount(amount),
  };
}
