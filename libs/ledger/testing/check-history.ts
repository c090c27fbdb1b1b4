import { Amount, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import type { Balance } from '../balance.ts';
import type { DecisionContext } from '../decide/context.ts';
import type { AccountKey } from '../ids.ts';
import { balanceOf, type AccountState } from '../state.ts';
import type { LedgerRows } from './ledger-rows.ts';
import { must } from './must.ts';

/** Remembers what was true at each instant, and fails the spec when the rows say otherwise later. */
export class HistoryCheck {
  private readonly rows: LedgerRows;
  private readonly heldThen = new Map<string, Map<number, Amount>>();
  private readonly balances = new Map<AccountKey, Map<number, Balance>>();

  constructor(rows: LedgerRows) {
    this.rows = rows;
  }

  /** Remembers what a transaction left, and checks the authorizations that it changed. */
  afterWrite({ state, changes, realNow: now }: DecisionContext): void {
    for (const one of [...changes.authorizations.created, ...changes.authorizations.updated]) {
      const past = at(this.heldThen, one.id).set(now, one.held);
      for (const [then, held] of past) {
        const recorded = heldAt(one, then);
        must(recorded.eq(held), `an authorization held ${held.toFixed()}, and its steps say ${recorded.toFixed()}`);
      }
    }
    for (const account of state.accounts.values()) this.remember(account, now);
  }

  /** Remembers a balance that was answered. */
  remember(account: AccountState, now: number): void {
    at(this.balances, account.account.key).set(now, balanceOf(account));
  }

  /** Checks every balance that ever was against transfers and holds as they are now. */
  checkBalances(): void {
    for (const [key, past] of this.balances) {
      for (const [then, { posted, held }] of past) {
        must(this.postedAt(key, then).eq(posted), `the balance of a past instant is what it was: ${posted.toFixed()}`);
        must(this.heldAt(key, then).eq(held), `what was held at a past instant is what it was: ${held.toFixed()}`);
      }
    }
  }

  private postedAt(key: AccountKey, then: number): Amount {
    const inEffect = (id: string | null): boolean => (this.rows.grants.get(id ?? '')?.effectiveAt ?? Infinity) <= then;
    return this.rows.transfers
      .filter(({ accountKey, createdAt }) => accountKey === key && createdAt <= then)
      .filter(({ debit, credit }) => debit !== credit)
      .flatMap(({ debit, credit, amount, grantId }) => {
        const grantSide = inEffect(grantId) ? [credit === 'grant' && amount, debit === 'grant' && amount.neg()] : [];
        return [...grantSide, credit === 'debt' && amount, debit === 'debt' && amount.neg()];
      })
      .reduce<Amount>((total, amount) => (amount === false ? total : total.plus(amount)), ZERO);
  }

  private heldAt(key: AccountKey, then: number): Amount {
    const frozen = this.rows
      .grantsOf(key)
      .map(({ freezes }) => freezes.findLast(({ at }) => at <= then)?.frozen ?? ZERO);
    return [...this.rows.authorizations.values()]
      .filter(({ accountKey }) => accountKey === key)
      .reduce((total, one) => total.plus(heldAt(one, then)), Amount.sum(ZERO, ...frozen));
  }
}

/** What an authorization held at a past instant, by its steps. */
function heldAt({ createdAt, expiresAt, closedAt, steps, amount }: Authorization, then: number): Amount {
  if (then < createdAt || then >= (closedAt ?? Infinity) || then >= (expiresAt ?? Infinity)) return ZERO;
  return steps.findLast(({ at }) => at <= then)?.held ?? amount;
}

function at<T>(history: Map<string, Map<number, T>>, name: string): Map<number, T> {
  const past = history.get(name) ?? new Map<number, T>();
  history.set(name, past);
  return past;
}
