import { Amount, formatAmount } from '#amounts';
import type { Command } from '../commands.ts';
import type { RaiseDecision } from '../decide/request-raise.ts';
import type { BudgetDecision } from '../decide/change-budgets.ts';
import { budgetOf, type BudgetOptions } from './fixture-options.ts';
import { accountRef, ENVIRONMENT } from './ledger-fixture.ts';
import { plain, type Plain } from './plain.ts';
import { PricedFixture } from './priced-fixture.ts';

/** An empty ledger whose accounts get budgets, and whose clock stands still at this time. */
export function budgetLedgerAt(time: string): BudgetFixture {
  return new BudgetFixture(Date.parse(time));
}

interface PutOptions extends BudgetOptions {
  readonly mustBeNew?: boolean;
}

/** What is counted in a window of a budget. */
export interface BudgetWindow {
  readonly value?: string;
  readonly used: string;
  readonly reserved: string;
  readonly overrun: string;
  readonly start: string;
  readonly end: string | null;
}

/** A ledger with budgets. */
export class BudgetFixture extends PricedFixture {
  /** Gives the account a budget, or changes the one by this name. */
  budget(name: string, options: BudgetOptions = {}, id = this.currentAccount): this {
    this.putBudget(name, options, id);
    return this;
  }

  putBudget(
    name: string,
    { mustBeNew = false, ...options }: PutOptions,
    id = this.currentAccount,
  ): Plain<BudgetDecision> {
    const budget = budgetOf(name, options, this.now);
    return plain(this.run<'put_budget'>({ type: 'put_budget', account: accountRef(id), budget, mustBeNew }));
  }

  updateBudget(
    name: string,
    changes: Command<'update_budget'>['changes'],
    id = this.currentAccount,
  ): Plain<BudgetDecision> {
    return plain(
      this.run<'update_budget'>({ type: 'update_budget', account: accountRef(id), budget: { name }, changes }),
    );
  }

  deleteBudget(name: string, id = this.currentAccount): Plain<BudgetDecision> {
    return plain(this.run<'delete_budget'>({ type: 'delete_budget', account: accountRef(id), budget: { name } }));
  }

  /** Raises a budget for so many seconds from now; takes the raise back where no amount is given. */
  raiseBudget(name: string, amount?: string, seconds = 3600, id = this.currentAccount): Plain<BudgetDecision> {
    const raise =
      amount === undefined ? null : { amount: new Amount(amount), until: this.now + seconds * 1000, reason: null };
    return plain(this.run<'raise_budget'>({ type: 'raise_budget', account: accountRef(id), budget: { name }, raise }));
  }

  /** Asks for a raise for so many seconds from now. */
  requestRaise(name: string, amount: string, seconds = 3600, id = this.currentAccount): Plain<RaiseDecision> {
    const raise = { amount: new Amount(amount), until: this.now + seconds * 1000, reason: 'a launch' };
    return plain(
      this.run<'request_raise'>({ type: 'request_raise', account: accountRef(id), budget: { name }, raise }),
    );
  }

  decideRaise(request: string, approve: boolean, reason: string | null = null, id = this.currentAccount) {
    const command = { type: 'decide_raise', account: accountRef(id), request, approve, reason } as const;
    return plain(this.run<'decide_raise'>(command));
  }

  /** Sets the budgets that every account has. */
  setCommonBudgets(...budgets: readonly (BudgetOptions & { readonly name: string })[]): this {
    const all = budgets.map(({ name, ...options }) => budgetOf(name, options, this.now));
    this.rows.budgets.set(ENVIRONMENT, all);
    return this;
  }

  /** What is counted in each window of a budget, the first one first. */
  windowsOf(name: string, id = this.currentAccount): readonly BudgetWindow[] {
    const rows = this.rows.countersOf(accountRef(id).key).filter((one) => one.name === name);
    return rows
      .toSorted((a, b) => a.windowStart - b.windowStart)
      .map(({ value, used, reserved, overrun, windowStart, windowEnd }) => ({
        ...(value === null ? {} : { value }),
        used: formatAmount(used),
        reserved: formatAmount(reserved),
        overrun: formatAmount(overrun),
        start: new Date(windowStart).toISOString(),
        end: windowEnd === null ? null : new Date(windowEnd).toISOString(),
      }));
  }
}
