import type { Amount } from '#amounts';
import type { Authorization } from './authorization.ts';
import type { CommitmentPeriod } from './commitments.ts';
import type { DeclinedRequest } from './declined-request.ts';
import type { Counter, CounterWindow } from './counters.ts';
import type { Transfer } from './chart.ts';
import type { LedgerEvent, SentAlert, SentBudgetAlert } from './events.ts';
import type { Grant } from './grant.ts';
import type { AccountKey } from './ids.ts';
import type { Overrides } from './authorization-pricing.ts';
import type { Purchase } from './purchases.ts';
import type { RaiseRequest } from './raise-requests.ts';
import type { AccountState, DeclinedMinute } from './state.ts';
import type { UncollectedUsage } from './uncollected-usage.ts';
import type { UsageRecord } from './usage-record.ts';

/** The rows of one kind that a batch has made, and those it has changed. One that it has made isn't among the changed. */
export class RowChanges<Row> {
  readonly created = new Set<Row>();
  readonly updated = new Set<Row>();

  create(row: Row): void {
    this.created.add(row);
  }

  update(row: Row): void {
    if (!this.created.has(row)) this.updated.add(row);
  }

  /** Takes back a row that this batch has made. */
  discard(row: Row): void {
    this.created.delete(row);
  }
}

/** An account's sums and version change with every write. Other columns change rarely, and are written only then. */
export class AccountChanges extends RowChanges<AccountState> {
  /** Of the updated: accounts whose terms or status an operator changed. */
  readonly terms = new Set<AccountState>();
  /** Of the updated: accounts whose alerts, usage samples or event numbers have changed. */
  readonly alerts = new Set<AccountState>();

  /** Of the updated: accounts whose rules or restraints have changed. */
  readonly rules = new Set<AccountState>();
  /** Of the updated: accounts whose budgets, or requests to raise them, have changed. */
  readonly budgets = new Set<AccountState>();

  updateTerms(account: AccountState): void {
    this.update(account);
    if (this.updated.has(account)) this.terms.add(account);
  }

  updateBudgets(account: AccountState): void {
    this.update(account);
    if (this.updated.has(account)) this.budgets.add(account);
  }

  updateRules(account: AccountState): void {
    this.update(account);
    if (this.updated.has(account)) this.rules.add(account);
  }

  updateAlerts(account: AccountState): void {
    this.update(account);
    if (this.updated.has(account)) this.alerts.add(account);
  }
}

/** Most decisions change what remains of grants and what is held of them, and nothing else. */
export class GrantChanges extends RowChanges<Grant> {
  /** Of the updated: grants that a dispute has frozen or released, and those whose money was returned. */
  readonly rare = new Set<Grant>();

  updateRare(grant: Grant): void {
    this.update(grant);
    if (this.updated.has(grant)) this.rare.add(grant);
  }
}

/** Most requests change the sums of their windows and nothing else. */
export class CounterChanges extends RowChanges<Counter> {
  /** Of the updated: windows of which more has changed than what is used and reserved. */
  readonly whole = new Set<Counter>();

  override update(window: Counter): void {
    super.update(window);
    if (this.updated.has(window)) this.whole.add(window);
  }

  /** Called where nothing has changed but `used` and `reserved`. */
  updateSums(window: Counter): void {
    super.update(window);
  }
}

/** A version of an account's own prices, to be kept as long as anything is priced by it. */
export interface AccountOverrides extends Overrides {
  readonly accountKey: AccountKey;
}

/** How much output an authorization has had, by its commits. */
export interface CommittedOutput {
  readonly account: AccountState;
  readonly authorization: Authorization;
  /** In tokens. */
  readonly tokens: Amount;
}

/** What a batch of decisions has changed, for the writer. */
export interface Changes {
  readonly accounts: AccountChanges;
  readonly grants: GrantChanges;
  readonly purchases: RowChanges<Purchase>;
  readonly authorizations: RowChanges<Authorization>;
  readonly counters: CounterChanges;
  /** Windows by value that aren't known and were taken for ones of zeros. Before anything is written, that has to be proven. */
  readonly assumed: Map<string, CounterWindow>;
  readonly commitments: RowChanges<CommitmentPeriod>;
  /** Accounts that are refilled in another way than before. */
  readonly refills: RowChanges<AccountState>;
  readonly transfers: Transfer[];
  readonly events: LedgerEvent[];
  readonly sentAlerts: SentAlert[];
  readonly sentBudgetAlerts: SentBudgetAlert[];
  readonly raiseRequests: RowChanges<RaiseRequest>;
  /** Own prices of accounts, each version of them. */
  readonly overrides: AccountOverrides[];
  readonly usageRecords: UsageRecord[];
  readonly uncollected: UncollectedUsage[];
  /** The account of each commit that came after its hold had expired, for the metrics. */
  readonly lateCommits: AccountState[];
  /** How many requests were declined, by account. They are reported once a minute. */
  readonly declines: Map<AccountKey, number>;
  readonly reportedDeclines: Set<DeclinedMinute>;
  /** Each request that was declined, for reports. They are written behind the decisions. */
  readonly declinedRequests: DeclinedRequest[];
  /** The output of replies that the command at hand has committed: naps begin after it. Empty between commands. */
  readonly outputs: CommittedOutput[];
  /** Accounts whose balance the command at hand has moved, to be shown to the observers. Empty between commands. */
  readonly moved: Set<AccountState>;
  /** Windows that the command at hand has opened, so that a batch that is refused can take them back. Empty between commands. */
  readonly opened: Set<Counter>;
  /**
   * What was granted in windows before the command at hand changed it, so that a batch that is refused can take it back. Empty between
   * commands.
   */
  readonly grantedBefore: Map<Counter, Pick<Counter, 'granted' | 'overrun'>>;
  /** What grants that have ended have lost by the command at hand, to breakage or back to funding. Empty between commands. */
  readonly lost: Map<Grant, Amount>;
}

export function noChanges(): Changes {
  return {
    accounts: new AccountChanges(),
    grants: new GrantChanges(),
    purchases: new RowChanges(),
    authorizations: new RowChanges(),
    counters: new CounterChanges(),
    assumed: new Map(),
    commitments: new RowChanges(),
    refills: new RowChanges(),
    transfers: [],
    events: [],
    sentAlerts: [],
    sentBudgetAlerts: [],
    raiseRequests: new RowChanges(),
    overrides: [],
    usageRecords: [],
    uncollected: [],
    lateCommits: [],
    declines: new Map(),
    reportedDeclines: new Set(),
    declinedRequests: [],
    outputs: [],
    moved: new Set(),
    opened: new Set(),
    grantedBefore: new Map(),
    lost: new Map(),
  };
}
