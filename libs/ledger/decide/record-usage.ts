import type { PricedUsages, Usage } from '#pricing';
import type { Authorization } from '../authorization.ts';
import { type AuthorizationPricing, NOT_PRICED, type Cost, type Settlement } from '../authorization-pricing.ts';
import type { StatedUsage } from '../commands.ts';
import type { AccountState } from '../state.ts';
import type { UsageRecord, UsageRecordKind } from '../usage-record.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { costOfStep } from './cost-of-step.ts';

/** Usage that has happened, and what it was priced at. */
export interface Happened {
  readonly kind: UsageRecordKind;
  readonly stated: Omit<StatedUsage, 'settlement'> & { readonly settlement: Settlement };
  /** `null` where it wasn't priced. */
  readonly priced: PricedUsages | null;
  /** What each usage goes on with, of earlier steps of the same authorization. */
  readonly earlier?: readonly (Usage | null)[];
}

/** Keeps what a commit, a charge or an adjustment said was used, a row for each usage, and what it has cost. */
export function recordUsage(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  { kind, stated, priced, earlier }: Happened,
): void {
  const { usage, costs, raw, settlement } = stated;
  const at = timeOf(context, account);
  const costOf = (one: Usage) => context.rules.prices.costOf(account.account.environment, [one], at);
  let statementId: string | null = null;
  authorization.stated = usage.map((one, index): UsageRecord => {
    const before = earlier?.[index] ?? null;
    const cost = costs?.[index] ?? (before ? costOfStep(costOf, before, one) : costOf(one));
    const { lines, amount } = priced?.usages[index] ?? { lines: [], amount: null };
    const id = account.ids.next(context.realNow);
    statementId ??= id;
    return {
      id,
      accountKey: account.account.key,
      environment: account.account.environment,
      authorizationId: authorization.id,
      statementId,
      kind,
      usage: one,
      raw: index === 0 ? raw : null,
      lines,
      amount,
      settlement,
      cost: cost?.amount ?? null,
      currency: cost?.currency ?? null,
      createdAt: at,
    };
  });
  context.changes.usageRecords.push(...authorization.stated);
  if (usage.length === 0 && settlement === 'exact') return;
  const pricing: AuthorizationPricing = authorization.pricing ?? NOT_PRICED;
  const before = kind === 'adjustment' ? null : pricing.cost;
  authorization.pricing = {
    ...pricing,
    settlement: pricing.settlement === 'unpriced' ? 'unpriced' : settlement,
    cost: sumOfCosts(before, authorization.stated),
  };
}

/** Costs in one currency; `null` where none is known. What is in another currency can't be added and stays with its usage. */
function sumOfCosts(before: Cost | null, records: readonly UsageRecord[]): Cost | null {
  return records.reduce<Cost | null>((sum, { cost, currency }) => {
    if (cost === null || currency === null) return sum;
    if (sum === null) return { amount: cost, currency };
    return sum.currency === currency ? { ...sum, amount: sum.amount.plus(cost) } : sum;
  }, before);
}
