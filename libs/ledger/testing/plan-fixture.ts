import { newOwnedUuid } from '../ids.ts';
import type { AccountPlan, PlanVersionRef } from '../account-plan.ts';
import type { PlanEffect } from '../commands.ts';
import type { PlanChangeData } from '../events.ts';
import type { PlanBudgetJson, PlanGrantJson, PlanTermsJson } from '../plan-json.ts';
import type { AccountState } from '../state.ts';
import { budgetOf } from './fixture-options.ts';
import { accountRef } from './ledger-fixture.ts';
import { must } from './must.ts';
import { RecurringFixture } from './recurring-fixture.ts';

/** An empty ledger whose accounts are on plans, and whose clock stands still at this time. */
export function plannedLedgerAt(time: string): PlanFixture {
  return new PlanFixture(Date.parse(time));
}

/** A plan in its first version. An allowance is given by its name and amount; it is monthly where nothing else is said. */
export function planOf(
  name: string,
  allowances: Readonly<Record<string, string | (Partial<PlanGrantJson> & { readonly amount: string })>>,
  terms: Partial<Omit<PlanTermsJson, 'recurring_grants'>> = {},
): PlanVersionRef {
  const recurring_grants = Object.entries(allowances).map(([grant, given]) => ({
    ...ALLOWANCE,
    name: grant,
    ...(typeof given === 'string' ? { amount: given } : given),
  }));
  const said = { budgets: [], rate_card: null, overdraft_limit: null, alerts: null, ...terms };
  return { plan: idOf(name), version: 1, name, terms: { recurring_grants, ...said }, cardUnit: null };
}

export function planBudget(name: string, amount: string): PlanBudgetJson {
  const rest = { expected: null, period: 'month', time_zone: null, mode: 'hard', scope: {}, per: null } as const;
  return { name, amount, ...rest, thresholds: [100] };
}

const ALLOWANCE = {
  interval: 'month',
  every: 1,
  anchor: null,
  time_zone: null,
  category: 'included',
  priority: 50,
  expires: 'end_of_period',
  rollover: null,
  scope: null,
  price: null,
  currency: null,
  prorate_first: false,
} as const;

const ids = new Map<string, string>();

/** The same for the same name. */
function idOf(name: string): string {
  const id = ids.get(name) ?? newOwnedUuid(ids.size, '1');
  ids.set(name, id);
  return id;
}

/** A ledger whose accounts are on plans. */
export class PlanFixture extends RecurringFixture {
  /** Puts the account on a plan, or on none. */
  on(plan: PlanVersionRef | null, how: PlanEffect | 'prorated' = 'now'): this {
    this.run<'set_plan'>({
      type: 'set_plan',
      account: accountRef(this.currentAccount),
      plan,
      effective: how === 'prorated' ? 'now' : how,
      prorate: how === 'prorated',
    });
    return this;
  }

  /** What accounts on a plan take with a period that begins at this time or later. */
  publish(version: PlanVersionRef, from: string): this {
    const at = Date.parse(from);
    this.rows.plans = {
      versionAt: (plan, time) => (plan === version.plan && time >= at ? version : null),
      nextFrom: (plan, number) => (plan === version.plan && number < version.version ? at : null),
    };
    return this;
  }

  planNow(): AccountPlan | null {
    return this.state().refills.plan;
  }

  /** The account with what its plan has set. */
  state(): AccountState {
    const found = this.rows.loadAll(this.now).state.accounts.get(accountRef(this.currentAccount).key);
    must(found !== undefined, 'the account exists');
    return found;
  }

  ownBudget(name: string, amount: string): this {
    const budget = budgetOf(name, { amount }, this.now);
    const account = accountRef(this.currentAccount);
    this.run<'put_budget'>({ type: 'put_budget', account, budget, mustBeNew: false });
    return this;
  }

  /** By their names, the amounts of its budgets. */
  budgets(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.state().account.budgets.map(({ name, amount }) => [name, amount.toFixed()]));
  }

  budgetId(name: string): string | undefined {
    return this.state().account.budgets.find((one) => one.name === name)?.id;
  }

  /** The last change of plans, as it was reported. */
  lastChange(): Partial<PlanChangeData> | undefined {
    this.sweep();
    return this.events('plan.changed').at(-1)?.data as Partial<PlanChangeData> | undefined;
  }
}
