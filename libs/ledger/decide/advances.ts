import { Amount, atLeastZero, formatAmount, ZERO } from '#amounts';
import type { Advance } from '../account-plan.ts';

type Of = Pick<Advance, 'plan' | 'name'>;

/** What allowances that were left in a running period have granted beyond their share, see {@link Advance}. */
export class Advances {
  list: readonly Advance[];

  /** @param at those of periods that have ended by then count no more */
  constructor(advances: readonly Advance[], at: number) {
    this.list = advances.filter(({ until }) => until > at);
  }

  add(of: Omit<Advance, 'amount'>, amount: Amount): void {
    const sum = this.amountOf(of).plus(amount);
    this.set({ ...of, amount: formatAmount(sum) });
  }

  /** @returns what is to be granted of a part of a period, now that so much of it was granted before */
  take(of: Of, part: Amount): Amount {
    const earlier = this.find(of);
    if (!earlier) return part;
    const advanced = this.amountOf(of);
    this.set({ ...earlier, amount: formatAmount(atLeastZero(advanced.minus(part))) });
    return atLeastZero(part.minus(advanced));
  }

  private set(advance: Advance): void {
    const others = this.list.filter((one) => one !== this.find(advance));
    this.list = advance.amount === '0' ? others : [...others, advance];
  }

  private amountOf(of: Of): Amount {
    const found = this.find(of);
    return found ? new Amount(found.amount) : ZERO;
  }

  private find({ plan, name }: Of): Advance | undefined {
    return this.list.find((one) => one.plan === plan && one.name === name);
  }
}
