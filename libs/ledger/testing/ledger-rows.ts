import type { Account } from '../account.ts';
import type { AlertRules } from '../alerts.ts';
import { asOf, hasLapsed, isOpen, type Authorization } from '../authorization.ts';
import type { Transfer } from '../chart.ts';
import type { Command } from '../commands.ts';
import type { Budget } from '../budgets.ts';
import { NO_SUBSCRIBERS, type CommitSubscribers, type DecisionContext } from '../decide/context.ts';
import { settle } from '../decide/settle.ts';
import { windowsAskedFor } from '../decide/windows-asked-for.ts';
import type { LedgerEvent, SentAlert, SentBudgetAlert } from '../events.ts';
import type { Grant } from '../grant.ts';
import { hasShortfall, type CommitmentPeriod } from '../commitments.ts';
import type { Counter } from '../counters.ts';
import type { Rules } from '../rules.ts';
import { HoldExpiries } from '../hold-expiries.ts';
import { IdGenerator } from '../id-generator.ts';
import type { AccountKey } from '../ids.ts';
import { needsOf, type Needs } from '../needs.ts';
import { NO_PLANS, type PlanBook } from '../plan-book.ts';
import { NO_PRICES, type PriceBook } from '../price-book.ts';
import { isUnderWay, type Purchase } from '../purchases.ts';
import { NO_REFILLS, type Refills } from '../refills.ts';
import { NO_SPAN_LIMITS, type SpanLimitBook } from '../span-limits.ts';
import type { UncollectedUsage } from '../uncollected-usage.ts';
import type { UsageRecord } from '../usage-record.ts';
import { noChanges, type RowChanges } from '../changes.ts';
import { accountState, type AccountState, type DeclinedMinute, type LedgerState } from '../state.ts';
import { CounterRows } from './counter-rows.ts';
import { lapsedOf } from './lapsed-of.ts';
import { must } from './must.ts';
import { writePurchases, writeRefills } from './write-refills.ts';

/** Few, so that some of an account's holds are often unknown. */
const EXPIRIES_READ = 2;

/**
 * The tables, in memory. A decision gets copies of the rows that its command names, as it would from the database, and
 * only what it reports as changed comes back: what it forgets to load or to report is missing here too.
 */
export class LedgerRows {
  readonly accounts = new Map<AccountKey, { readonly account: Account; readonly version: bigint }>();
  readonly grants = new Map<string, Grant>();
  readonly authorizations = new Map<string, Authorization>();
  private readonly counters = new CounterRows();
  readonly commitments = new Map<string, CommitmentPeriod>();
  readonly refills = new Map<AccountKey, Refills>();
  readonly purchases = new Map<string, Purchase>();
  readonly transfers: Transfer[] = [];
  readonly events: LedgerEvent[] = [];
  readonly alerts = new Map<string, SentAlert>();
  readonly budgetAlerts = new Map<string, SentBudgetAlert>();
  private declines: DeclinedMinute[] = [];
  readonly alertRules = new Map<string, AlertRules>();
  readonly budgets = new Map<string, readonly Budget[]>();
  readonly defaultRules = new Map<string, Rules>();
  openHoldsMax = Number.POSITIVE_INFINITY;
  commitSubscribers: CommitSubscribers = NO_SUBSCRIBERS;
  prices: PriceBook = NO_PRICES;
  plans: PlanBook = NO_PLANS;
  spanLimits: SpanLimitBook = NO_SPAN_LIMITS;
  readonly usageRecords: UsageRecord[] = [];
  readonly uncollected: UncollectedUsage[] = [];

  /** Loads what is needed and books what time alone has done. */
  load(needs: Needs, now: number): DecisionContext {
    const context: DecisionContext = {
      state: {
        accounts: new Map(),
        authorizations: new Map(),
        grants: new Map(),
        purchases: new Map(),
        testClocks: new Map(),
        declined: this.declinedOf(needs, now),
      },
      changes: noChanges(),
      realNow: now,
      rules: {
        alertRules: this.alertRules,
        budgets: this.budgets,
        defaultRules: this.defaultRules,
        openHoldsMax: this.openHoldsMax,
        commitSubscribers: this.commitSubscribers,
        prices: this.prices,
        plans: this.plans,
        spanLimits: this.spanLimits,
      },
    };
    for (const purchase of this.purchases.values()) {
      const isNeeded = needs.underWay.includes(purchase.accountKey) && isUnderWay(purchase);
      if (isNeeded || needs.purchases.includes(purchase.id)) context.state.purchases.set(purchase.id, { ...purchase });
    }
    const lapsed: Authorization[] = [];
    for (const authorization of this.authorizations.values()) {
      const hasRunOut = needs.accounts.includes(authorization.accountKey) && hasLapsed(authorization, now);
      if (!hasRunOut && !needs.authorizations.includes(authorization.id)) continue;
      const copy = copyOf(asOf(authorization, now));
      context.state.authorizations.set(copy.id, copy);
      if (!hasRunOut) continue;
      lapsed.push(authorization);
      context.changes.authorizations.update(copy);
    }
    for (const key of needs.accounts) this.loadAccount(context, key, needs, lapsed);
    let due = lapsedOf(lapsed);
    while (settle(context, due)) due = lapsedOf([]);
    return context;
  }

  /** Loads what a command needs, and books what time alone has done. */
  loadFor(command: Command, now: number): DecisionContext {
    const context = this.load(needsOf(command), now);
    for (const window of windowsAskedFor(context, command)) {
      const counters = context.state.accounts.get(window.accountKey)?.counters;
      if (counters) this.counters.loadByValue(counters, window);
    }
    return context;
  }

  /** Everything there is about these accounts, for decisions that follow one another in one transaction. */
  loadAll(now: number): DecisionContext {
    return this.load(
      {
        accounts: [...this.accounts.keys()],
        authorizations: [...this.authorizations.keys()],
        grants: [...this.grants.keys()],
        refunds: [...this.authorizations.keys()],
        purchases: [...this.purchases.keys()],
        underWay: [...this.accounts.keys()],
        testClocks: [],
        sweeps: [...this.accounts.keys()],
        rateCards: [],
      },
      now,
    );
  }

  write({ changes, realNow }: DecisionContext): void {
    const { accounts, grants, counters, authorizations } = changes;
    mustBeApart(accounts, 'account');
    mustBeApart(grants, 'grant');
    mustBeApart(authorizations, 'authorization');
    mustBeApart(counters, 'counter');
    mustBeApart(changes.commitments, 'period');
    mustBeApart(changes.refills, 'refills of an account');
    for (const state of accounts.created) this.writeAccount(state);
    for (const state of accounts.updated) {
      const row = this.accountRow(state.account.key);
      const { terms, hasCommitmentPeriods, hasRefills, status, closure } = row;
      const { budgets, raiseRequests, rules, restraints, alerts, sequence, burnRate } = row;
      const { total } = state.account.burnRate;
      const ofOperators = { terms, hasCommitmentPeriods, hasRefills, status, closure };
      const kept = { ...ofOperators, budgets, raiseRequests, rules, restraints, alerts, sequence };
      const account = { ...state.account, ...kept, burnRate: { ...burnRate, total } };
      this.writeAccount({ ...state, account });
    }
    for (const { account } of accounts.alerts) {
      const { samples } = account.burnRate;
      const row = this.accountRow(account.key);
      Object.assign(row, {
        alerts: { ...account.alerts },
        sequence: account.sequence,
        burnRate: { ...row.burnRate, samples },
      });
    }
    must(changes.lost.size === 0, 'every loss of a grant was reported');
    must(changes.moved.size === 0, 'every move of a balance was shown to the observers');
    this.addRecords(changes);
    for (const alert of changes.sentAlerts) this.writeAlert(alert);
    for (const alert of changes.sentBudgetAlerts) this.writeBudgetAlert(alert);
    const minute = Math.floor(realNow / 60_000) * 60_000;
    for (const [accountKey, requests] of changes.declines) this.declines.push({ accountKey, minute, requests });
    this.declines = this.declines.filter((declined) => !changes.reportedDeclines.has(declined));
    for (const { account } of accounts.terms) {
      const { terms, overridesVersion, hasCommitmentPeriods, hasRefills, status, closure } = account;
      const written = { terms, overridesVersion, hasCommitmentPeriods, hasRefills, status, closure };
      Object.assign(this.accountRow(account.key), written);
    }
    for (const { account } of accounts.rules) {
      const { rules, restraints } = account;
      Object.assign(this.accountRow(account.key), { rules, restraints });
    }
    for (const { account } of accounts.budgets) {
      const { budgets, raiseRequests } = account;
      Object.assign(this.accountRow(account.key), { budgets, raiseRequests });
    }
    for (const grant of [...grants.created, ...grants.updated]) this.grants.set(grant.id, grant);
    for (const authorization of [...authorizations.created, ...authorizations.updated]) {
      this.authorizations.set(authorization.id, authorization);
    }
    this.counters.write(changes.counters, changes.assumed.values());
    this.writeCommitments(changes.commitments);
    writeRefills(this.refills, changes.refills);
    writePurchases(this.purchases, changes.purchases);
    this.transfers.push(...changes.transfers);
  }

  private addRecords({ events, usageRecords, uncollected }: DecisionContext['changes']): void {
    this.events.push(...events);
    this.usageRecords.push(...usageRecords);
    this.uncollected.push(...uncollected);
  }

  accountRow(key: AccountKey): Account {
    const row = this.accounts.get(key);
    must(row !== undefined, `the account ${key} exists`);
    return row.account;
  }

  authorizationsOf(key: AccountKey): Authorization[] {
    return [...this.authorizations.values()].filter(({ accountKey }) => accountKey === key);
  }

  openAuthorizationsOf(key: AccountKey): Authorization[] {
    return this.authorizationsOf(key).filter(isOpen);
  }

  grantsOf(key: AccountKey): Grant[] {
    return [...this.grants.values()].filter(({ accountKey }) => accountKey === key);
  }

  countersOf(key: AccountKey): Counter[] {
    return this.counters.of(key);
  }

  commitmentsOf(key: AccountKey): CommitmentPeriod[] {
    return [...this.commitments.values()].filter(({ accountKey }) => accountKey === key);
  }

  purchasesOf(key: AccountKey): Purchase[] {
    return [...this.purchases.values()].filter(({ accountKey }) => accountKey === key);
  }

  refillsOf(key: AccountKey): Refills {
    return this.refills.get(key) ?? NO_REFILLS;
  }

  private loadAccount(
    { state, realNow: now }: DecisionContext,
    key: AccountKey,
    needs: Needs,
    lapsed: readonly Authorization[],
  ): void {
    const row = this.accounts.get(key);
    if (!row) return;
    const periods = row.account.hasCommitmentPeriods ? this.commitmentsOf(key).map(copyOfPeriod) : [];
    const mayBeSetOff = needs.authorizations.length > 0 && periods.some(hasShortfall);
    const drawn = [
      ...needs.refunds.flatMap((id) => this.authorizations.get(id)?.draws ?? []),
      ...(mayBeSetOff ? periods.flatMap(({ draws }) => draws) : []),
    ];
    const refundable = new Set(drawn.map(({ grantId }) => grantId));
    const mayBeCredited = ({ id, repaid }: Grant): boolean => refundable.has(id) || !repaid.isZero();
    const grants = this.grantsOf(key)
      .filter(
        (grant) =>
          !grant.remaining.isZero() ||
          needs.grants.includes(grant.id) ||
          (grant.purchase !== null && needs.purchases.includes(grant.purchase)) ||
          ((needs.refunds.length > 0 || mayBeSetOff) && mayBeCredited(grant)),
      )
      .map((grant) => ({ ...grant }));
    for (const grant of grants) state.grants.set(grant.id, grant);
    const expiries = this.openAuthorizationsOf(key).map(({ id, expiresAt }) => ({ id, at: expiresAt ?? Number.NaN }));
    const ahead = expiries.filter(({ at }) => at > now).sort((a, b) => a.at - b.at);
    const first = ahead.slice(0, EXPIRIES_READ);
    const horizon = ahead.length > first.length ? (first.at(-1)?.at ?? Number.NaN) : Number.POSITIVE_INFINITY;
    const named = needs.authorizations.flatMap((id) => this.authorizations.get(id) ?? []);
    const counters = this.counters.load(key, [...named, ...lapsed]);
    const holds = { holdExpiries: HoldExpiries.of(first, horizon), openHolds: ahead.length };
    const refills = row.account.hasRefills ? this.refillsOf(key) : NO_REFILLS;
    const rest = { ...holds, counters, commitments: periods, refills };
    const account = { ...row.account, alerts: { ...row.account.alerts }, burnRate: { ...row.account.burnRate } };
    const open = grants.filter(({ remaining }) => !remaining.isZero());
    state.accounts.set(key, accountState(account, new IdGenerator(key, row.version), open, rest, now));
  }

  private writeCommitments({ created, updated }: RowChanges<CommitmentPeriod>): void {
    const nameOf = ({ accountKey, start }: CommitmentPeriod): string => `${accountKey}/${String(start)}`;
    for (const one of created) must(!this.commitments.has(nameOf(one)), 'a period is written once');
    for (const one of updated) must(this.commitments.has(nameOf(one)), 'a period that is updated was written before');
    for (const one of [...created, ...updated]) this.commitments.set(nameOf(one), copyOfPeriod(one));
  }

  private declinedOf(needs: Needs, now: number): LedgerState['declined'] {
    const due = this.declines.filter(
      ({ accountKey, minute }) => needs.sweeps.includes(accountKey) && minute <= now - 75_000,
    );
    return Map.groupBy(due, ({ accountKey }) => accountKey);
  }

  private writeAlert(alert: SentAlert): void {
    const name = [alert.accountKey, alert.rule, alert.round, alert.threshold].join('/');
    must(!this.alerts.has(name), `the alert ${name} is sent once`);
    this.alerts.set(name, alert);
  }

  private writeBudgetAlert(alert: SentBudgetAlert): void {
    const name = [alert.accountKey, alert.counter, alert.windowStart, alert.threshold].join('/');
    must(!this.budgetAlerts.has(name), `the alert ${name} of a budget is sent once`);
    this.budgetAlerts.set(name, alert);
  }

  private writeAccount({ account, ids }: AccountState): void {
    this.accounts.set(account.key, { account, version: ids.version });
  }
}

function copyOf(authorization: Authorization): Authorization {
  return { ...authorization, draws: [...authorization.draws], steps: [...authorization.steps] };
}

function copyOfPeriod(period: CommitmentPeriod): CommitmentPeriod {
  return { ...period, draws: [...period.draws] };
}

function mustBeApart<Row>({ created, updated }: RowChanges<Row>, what: string): void {
  must(
    [...created].every((one) => !updated.has(one)),
    `an ${what} is created or updated, not both`,
  );
}
