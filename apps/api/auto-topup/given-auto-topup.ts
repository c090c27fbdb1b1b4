import { Amount } from '#amounts';
import { priceOf, type AutoTopupTerms, type Offer, type TopupSize } from '#ledger';
import { minorUnits } from '#payments';
import { paymentFaults, paymentMethodOf } from '../purchases/refuse-provider.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import type { Fault } from '../validation/faults-of.ts';
import { CHARGEABLE } from '../validation/price.ts';
import type { AutoTopupBody, TopupCapBody } from './auto-topup.body.ts';

const SIZES = ['amount', 'target', 'package'] as const;

/** What of a body only the body says; what it buys has a price, which somebody has to look for. */
export type GivenTerms = Omit<AutoTopupTerms, 'buys' | 'offer'>;

/**
 * What a body says of a rule, with the defaults for what it doesn't say.
 *
 * @throws {ProblemError} `invalid_request` where its fields don't go together
 */
export function givenAutoTopup(body: AutoTopupBody): GivenTerms {
  const faults = faultsIn(body);
  if (faults.length > 0) throw invalidRequest(faults);
  return {
    enabled: body.enabled ?? true,
    on: body.on ?? 'available',
    threshold: new Amount(body.threshold),
    provider: body.provider,
    paymentMethod: paymentMethodOf(body),
    customer: body.customer ?? null,
    cooldownMs: (body.cooldown ?? 0) * 1000,
    maxPerPeriod: body.max_per_period ? givenCap(body.max_per_period) : null,
  };
}

/**
 * How many credits are bought at a price each.
 *
 * @throws {ProblemError} `invalid_request` where so many can't be charged for at once
 */
export function givenSize({ amount, target }: AutoTopupBody, offer: Offer): TopupSize {
  const [field, size] = amount ? (['amount', amount] as const) : (['target', target ?? '0'] as const);
  const credits = new Amount(size);
  if (minorUnits(priceOf(offer, credits), offer.currency).fault !== null) {
    throw invalidRequest([{ field, message: `has a price that can’t be charged: it ${CHARGEABLE}` }]);
  }
  return field === 'amount' ? { amount: credits } : { target: credits };
}

function givenCap({ period, count, amount }: TopupCapBody): AutoTopupTerms['maxPerPeriod'] {
  return { period, count: count ?? null, amount: amount ? new Amount(amount) : null };
}

function faultsIn(body: AutoTopupBody): Fault[] {
  const { threshold, amount, target, max_per_period: cap } = body;
  const given = SIZES.filter((size) => body[size]);
  const faults: Fault[] = [];
  if (given.length === 0) faults.push({ field: 'amount', message: 'must be given, or target or package' });
  for (const size of given.slice(1)) {
    faults.push({ field: size, message: `must not be given with ${String(given[0])}` });
  }
  faults.push(...paymentFaults(body));
  if (target && new Amount(target).lte(threshold)) {
    faults.push({ field: 'target', message: 'must be more than the threshold' });
  }
  if (cap && !cap.count && !cap.amount) {
    faults.push({ field: 'max_per_period.count', message: 'must be given, or amount' });
  }
  if (cap?.amount && amount && new Amount(amount).gt(cap.amount)) {
    faults.push({ field: 'max_per_period.amount', message: 'must be no less than what the rule buys at once' });
  }
  return faults;
}
