import { Amount, amountOrNull } from '#amounts';
import type { AutoTopupTerms, Command } from '#ledger';
import { CAP_PERIODS, type RecurringTermsAsk } from './refill-terms.ts';
import type { AccountName, Requests, TopupAsk } from './requests.ts';
import { EPOCH } from './world.ts';

type PutRecurringGrant = Command<'put_recurring_grant'>;

const CREDIT_PACKAGE = '00000000-0000-7000-8000-000000000001';

/** A rule to buy credits, as the service takes it. */
export function topupTerms(account: AccountName, { buys, most, ...rule }: TopupAsk): AutoTopupTerms {
  const isPackage = buys === 'package';
  return {
    enabled: rule.enabled,
    on: rule.on,
    threshold: new Amount(rule.threshold),
    buys: sizeOf(buys),
    offer: {
      package: isPackage ? CREDIT_PACKAGE : null,
      pricePerCredit: isPackage ? null : new Amount('0.1'),
      price: isPackage ? new Amount('1') : null,
      currency: 'USD',
      minorUnit: new Amount('0.01'),
      expiresAfterMs: rule.lifetime,
      priority: 100,
    },
    provider: 'manual',
    paymentMethod: rule.method,
    customer: null,
    cooldownMs: rule.cooldown,
    maxPerPeriod: { period: CAP_PERIODS[account], count: most.count, amount: amountOrNull(most.amount) },
  };
}

function sizeOf(buys: TopupAsk['buys']): AutoTopupTerms['buys'] {
  if (buys === 'package') return { package: CREDIT_PACKAGE, credits: new Amount('10'), bonus: new Amount('10') };
  return 'amount' in buys ? { amount: new Amount(buys.amount) } : { target: new Amount(buys.target) };
}

export function recurringOf({
  name,
  terms,
  startsAt,
  endsAt,
  anchor,
}: Requests['put_recurring']): Omit<PutRecurringGrant, 'type' | 'account'> {
  return { name, terms: recurringTerms(terms), startsAt: time(startsAt), endsAt: time(endsAt), anchor: time(anchor) };
}

function recurringTerms({ amount, rollover, ...terms }: RecurringTermsAsk): PutRecurringGrant['terms'] {
  return {
    ...terms,
    amount: new Amount(amount),
    timeZone: null,
    rollover: rollover && {
      max: amountOrNull(rollover.max),
      percent: rollover.percent === null ? null : new Amount(rollover.percent),
      periods: rollover.periods,
    },
    price: null,
    currency: null,
  };
}

function time(at: number | null): number | null {
  return at === null ? null : EPOCH + at;
}
