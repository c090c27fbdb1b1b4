import { Amount } from '#amounts';
import { DEFAULT_RECURRING_PRIORITY, type AccountRef, type Command } from '#ledger';
import { grantScope } from '../grants/grant-scope.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import type { Fault } from '../validation/faults-of.ts';
import { mustBeInstant } from '../validation/rules.ts';
import { allowanceMismatches } from './allowance-mismatches.ts';
import type { PutRecurringGrantBody } from './recurring-grant.body.ts';

/** @throws {ProblemError} `invalid_request` where its fields don't go together */
export function putCommand(
  account: AccountRef,
  name: string,
  body: PutRecurringGrantBody,
): Command<'put_recurring_grant'> {
  const faults = mismatchesOf(body);
  if (faults.length > 0) throw invalidRequest(faults);
  const { rollover } = body;
  const expires = body.expires ?? 'end_of_period';
  return {
    type: 'put_recurring_grant',
    account,
    name,
    terms: {
      amount: new Amount(body.amount),
      interval: body.interval,
      every: body.every ?? 1,
      timeZone: body.time_zone ?? null,
      category: body.category ?? 'included',
      priority: body.priority ?? DEFAULT_RECURRING_PRIORITY,
      expires: typeof expires === 'number' ? expires * 1000 : expires,
      rollover: rollover
        ? { max: amountOf(rollover.max), percent: amountOf(rollover.percent), periods: rollover.periods ?? null }
        : null,
      scope: body.scope ? grantScope(body.scope) : null,
      price: amountOf(body.price),
      currency: body.currency?.toUpperCase() ?? null,
      prorateFirst: body.prorate_first ?? false,
    },
    startsAt: timeOf(body.starts_at),
    endsAt: timeOf(body.ends_at),
    anchor: timeOf(body.anchor),
  };
}

function mismatchesOf(body: PutRecurringGrantBody): Fault[] {
  const { starts_at: startsAt, ends_at: endsAt } = body;
  const endsTooSoon = startsAt && endsAt && mustBeInstant(endsAt) <= mustBeInstant(startsAt);
  return [
    ...allowanceMismatches(body),
    ...(endsTooSoon ? [{ field: 'ends_at', message: 'must be after starts_at' }] : []),
  ];
}

function amountOf(text: string | number | null | undefined): Amount | null {
  return text === null || text === undefined ? null : new Amount(text);
}

function timeOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : mustBeInstant(text);
}
