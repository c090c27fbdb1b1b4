import { DEFAULT_TERMS, type Remainder } from '../account.ts';
import { Amount, formatAmount } from '#amounts';
import type { Transfer, TransferKind } from '../chart.ts';
import type { AccountRef, Authorize, BatchMode, Command, CommandType } from '../commands.ts';
import type { AccountDecision } from '../decide/accounts.ts';
import type { AuthorizationDecision } from '../decide/authorization-decision.ts';
import { NO_SUBSCRIBERS, type DecisionContext } from '../decide/context.ts';
import { countDeclines, decide, type Decisions } from '../decide/decide.ts';
import type { BatchDecision } from '../decide/spend-batch.ts';
import type { LedgerEvent, LedgerEventType } from '../events.ts';
import type { Grant } from '../grant.ts';
import { accountKey } from '../ids.ts';
import { isSettled } from '../decide/settle.ts';
import type { AccountState } from '../state.ts';
import { InvariantCheck } from './check-invariants.ts';
import {
  amountOf,
  askedBy,
  termsOf,
  type AccountOptions,
  type AlertOptions,
  type BatchItem,
  type CreateOptions,
  type ExtendOptions,
  type GrantOptions,
  type HoldOptions,
  type Named,
  type RefundOptions,
  type SpendOptions,
} from './fixture-options.ts';
import type { SpanLimitBook } from '../span-limits.ts';
import { LedgerRows } from './ledger-rows.ts';
import { must } from './must.ts';
import { plainAuthorization, type PlainAuthorization } from './plain-authorization.ts';
import { plain, type Plain } from './plain.ts';
import { Refused } from './refused.ts';
import { snapshot } from './snapshot.ts';

export const ENVIRONMENT = 'live';

/** An empty ledger whose clock stands still at this time until {@link LedgerFixture.advance}. */
export function ledgerAt(time: string): LedgerFixture {
  return new LedgerFixture(Date.parse(time));
}

/** Names an account as a request would. */
export function accountRef(id: string, environment = ENVIRONMENT): AccountRef {
  return { environment, id, key: accountKey(environment, id) };
}

/**
 * A ledger in memory. Every command is a transaction of its own: load what it needs, settle, decide, write what changed;
 * after each one all invariants are checked. Commands speak to the account made last unless they name another.
 */
export class LedgerFixture {
  protected readonly rows = new LedgerRows();
  private readonly invariants = new InvariantCheck(this.rows);
  protected currentAccount = '';
  private transaction: DecisionContext | null = null;
  /** Milliseconds since 1970. */
  now: number;

  constructor(now: number) {
    this.now = now;
  }

  advance(seconds: number): this {
    this.now += Math.round(seconds * 1000);
    return this;
  }

  /**
   * Decides several commands one after the other in one transaction, as the engine does under load. Where they are thousands,
   * decide them on the context: the fixture compares whole states after every command.
   */
  inOneTransaction(work: (context: DecisionContext) => void): DecisionContext {
    const context = (this.transaction = this.rows.loadAll(this.now));
    try {
      work(context);
    } finally {
      this.transaction = null;
    }
    this.write(context);
    return context;
  }

  /** Books what time has done, as the sweep does. */
  sweep(): this {
    this.inOneTransaction(() => undefined);
    return this;
  }

  account(id: string, options: AccountOptions = {}): this {
    this.createAccount(id, options);
    this.currentAccount = id;
    return this;
  }

  createAccount(id: string, options: CreateOptions = {}): Plain<AccountDecision> {
    const { unit = 'credits', orExisting = false, ...terms } = options;
    return plain(
      this.run<'create_account'>({
        type: 'create_account',
        account: accountRef(id),
        unit,
        terms: { ...DEFAULT_TERMS, ...termsOf(terms) },
        orExisting,
      }),
    );
  }

  updateAccount(options: Omit<AccountOptions, 'unit'>, id = this.currentAccount): Plain<AccountDecision> {
    return plain(
      this.run<'update_account'>({ type: 'update_account', account: accountRef(id), terms: termsOf(options) }),
    );
  }

  suspend(id = this.currentAccount): this {
    this.setStatus('suspended', id);
    return this;
  }

  resume(id = this.currentAccount): this {
    this.setStatus('active', id);
    return this;
  }

  close(remainder: Remainder = 'breakage', id = this.currentAccount): Plain<AccountDecision> {
    return plain(this.run<'close_account'>({ type: 'close_account', account: accountRef(id), remainder }));
  }

  writeOff(amount?: string, account = accountRef(this.currentAccount)): Plain<AccountDecision> {
    return plain(this.run<'write_off'>({ type: 'write_off', account, amount: amountOf(amount), reason: 'lost' }));
  }

  erase(id = this.currentAccount): Plain<AccountDecision> {
    return plain(this.run<'erase_account'>({ type: 'erase_account', account: accountRef(id) }));
  }

  finishErasure(id = this.currentAccount): Plain<AccountDecision> {
    return plain(this.run<'finish_erasure'>({ type: 'finish_erasure', account: accountRef(id) }));
  }

  setStatus(status: 'active' | 'suspended', id = this.currentAccount): Plain<AccountDecision> {
    return plain(this.run<'set_account_status'>({ type: 'set_account_status', account: accountRef(id), status }));
  }

  grant(amount: string, options: GrantOptions = {}): this {
    this.createGrant(amount, options);
    return this;
  }

  createGrant(amount: string, options: GrantOptions = {}): Plain<Grant> {
    const {
      account = this.currentAccount,
      category = 'paid',
      priority = 100,
      scope = null,
      effectiveIn,
      expiresIn,
    } = options;
    const decision = this.run<'create_grant'>({
      type: 'create_grant',
      account: accountRef(account),
      amount: new Amount(amount),
      category,
      priority,
      scope,
      costBasis: null,
      effectiveAt: effectiveIn === undefined ? null : this.now + effectiveIn * 1000,
      expiresAt: expiresIn === undefined ? null : this.now + expiresIn * 1000,
      metadata: {},
    });
    return plain(decision.grant);
  }

  voidGrant({ id }: Named, environment = ENVIRONMENT): Plain<Grant> {
    return plain(this.run<'void_grant'>({ type: 'void_grant', grant: { environment, id } }).grant);
  }

  authorize(amount: string, options: HoldOptions = {}): PlainAuthorization {
    return this.answer(
      this.run<'authorize'>({ type: 'authorize', ...askedBy(options), ...this.request({ ...options, amount }) }),
    );
  }

  authorizeBatch(mode: BatchMode, items: readonly BatchItem[]): Plain<BatchDecision> {
    return plain(
      this.run<'authorize_batch'>({ type: 'authorize_batch', mode, items: items.map((item) => this.request(item)) }),
    );
  }

  charge(amount: string, options: SpendOptions = {}): PlainAuthorization {
    return this.answer(
      this.run<'charge'>({ type: 'charge', ...askedBy(options), ...this.request({ ...options, amount }) }),
    );
  }

  chargeBatch(mode: BatchMode, items: readonly (SpendOptions & Pick<BatchItem, 'amount'>)[]): Plain<BatchDecision> {
    return plain(
      this.run<'charge_batch'>({ type: 'charge_batch', mode, items: items.map((item) => this.request(item)) }),
    );
  }

  /** Commits; without an amount the whole hold. */
  commit({ id }: Named, amount?: string, { final = true, environment = ENVIRONMENT } = {}): PlainAuthorization {
    const authorization = { environment, id };
    return this.answer(this.run<'commit'>({ type: 'commit', authorization, amount: amountOf(amount), final }));
  }

  commitBatch(
    items: readonly (Named & { readonly amount?: string; readonly final?: boolean })[],
  ): Plain<BatchDecision> {
    const commits = items.map(({ id, amount, final = true }) => ({
      authorization: { environment: ENVIRONMENT, id },
      amount: amountOf(amount),
      final,
    }));
    return plain(this.run<'commit_batch'>({ type: 'commit_batch', items: commits }));
  }

  void({ id }: Named, environment = ENVIRONMENT): PlainAuthorization {
    return this.answer(this.run<'void'>({ type: 'void', authorization: { environment, id } }));
  }

  extend({ id }: Named, { amount, holdSeconds = null, environment = ENVIRONMENT }: ExtendOptions): PlainAuthorization {
    const authorization = { environment, id };
    return this.answer(this.run<'extend'>({ type: 'extend', authorization, amount: amountOf(amount), holdSeconds }));
  }

  /** Refunds; without an amount everything. */
  refund(
    { id }: Named,
    amount?: string,
    { reason = null, environment = ENVIRONMENT }: RefundOptions = {},
  ): PlainAuthorization {
    const authorization = { environment, id };
    return this.answer(this.run<'refund'>({ type: 'refund', authorization, amount: amountOf(amount), reason }));
  }

  /** What the account's owner sees now, whether or not anything was booked since. */
  balance(account = this.currentAccount): { posted: string; held: string; available: string } {
    const { posted, held } = this.view(account);
    return { posted: formatAmount(posted), held: formatAmount(held), available: formatAmount(posted.minus(held)) };
  }

  available(account = this.currentAccount): string {
    return this.balance(account).available;
  }

  /** Whether time alone will have done nothing to the account after so many seconds. */
  staysSettledFor(seconds: number, account = this.currentAccount): boolean {
    return isSettled(this.view(account), this.now + seconds * 1000);
  }

  debt(account = this.currentAccount): string {
    return formatAmount(this.view(account).account.debt);
  }

  /** What remains of each grant now, in the order they were given. */
  remaining(account = this.currentAccount): string[] {
    const context = this.rows.loadAll(this.now);
    return [...context.state.grants.values()]
      .filter((grant) => grant.accountKey === accountRef(account).key)
      .map((grant) => formatAmount(grant.remaining));
  }

  /** An authorization as it is now, expired where its time is up, booked or not. */
  find({ id }: Named): PlainAuthorization {
    const authorization = this.rows.loadAll(this.now).state.authorizations.get(id);
    must(authorization !== undefined, `the authorization ${id} exists`);
    return plainAuthorization(authorization);
  }

  transfers(kind?: TransferKind): Plain<Transfer>[] {
    return plain(this.rows.transfers.filter((transfer) => kind === undefined || transfer.kind === kind));
  }

  /** The amounts booked of one kind, in order. */
  booked(kind: TransferKind): string[] {
    return this.transfers(kind).map(({ amount }) => amount);
  }

  /** Sets the account's own alert rules; in what isn't given it follows its environment. */
  setAlerts({ percent = null, remaining = null }: AlertOptions, id = this.currentAccount): this {
    const rules = { percent, remaining: remaining && remaining.map((level) => new Amount(level)), runOutDays: null };
    this.run<'set_alerts'>({ type: 'set_alerts', account: accountRef(id), rules });
    return this;
  }

  /** From now on these limits over many accounts hold. */
  spanLimits(limits: SpanLimitBook): this {
    this.rows.spanLimits = limits;
    return this;
  }

  limitHolds(openHoldsMax: number): this {
    this.rows.openHoldsMax = openHoldsMax;
    return this;
  }

  /** From now on commits are reported: all of them, or those of one account. */
  subscribeToCommits(id?: string): this {
    const { environments, accounts } = NO_SUBSCRIBERS;
    this.rows.commitSubscribers =
      id === undefined
        ? { environments: new Set([ENVIRONMENT]), accounts }
        : { environments, accounts: new Set([accountRef(id).key]) };
    return this;
  }

  /** Sets the alert rules of accounts that have none of their own. */
  setDefaultAlerts(percent: readonly number[]): this {
    this.rows.alertRules.set(ENVIRONMENT, { percent, remaining: [], runOutDays: 0 });
    return this;
  }

  /** Sweeps the account as the worker does. */
  sweepWith(expiryNotices: readonly number[], id = this.currentAccount): this {
    this.run<'sweep'>({ type: 'sweep', account: accountRef(id), expiryNotices });
    return this;
  }

  /** The events emitted so far, of these types or all, oldest first. */
  events(...types: readonly LedgerEventType[]): LedgerEvent[] {
    return this.rows.events.filter(({ type }) => types.length === 0 || types.includes(type));
  }

  /** Fails the spec unless the balance of every past instant can be computed from the books of today. */
  checkPastBalances(): void {
    this.sweep();
    this.invariants.history.checkBalances();
  }

  private view(account: string): AccountState {
    const state = this.rows.loadAll(this.now).state.accounts.get(accountRef(account).key);
    must(state !== undefined, `the account ${account} exists`);
    this.invariants.history.remember(state, this.now);
    return state;
  }

  protected run<T extends CommandType>(command: Command<T> & Command): Decisions[T] {
    const context = this.transaction ?? this.rows.loadFor(command, this.now);
    const before = snapshot(context.state);
    const outcome = decide<T>(context, command);
    countDeclines(context, command, outcome);
    must(outcome.ok || snapshot(context.state) === before, `a refused ${command.type} changes nothing`);
    if (context !== this.transaction) this.write(context);
    if (!outcome.ok) throw new Refused(outcome);
    return outcome.value;
  }

  private write(context: DecisionContext): void {
    this.rows.write(context);
    this.invariants.afterWrite(context);
  }

  /** What was answered, with what the ledger keeps of the authorization besides. */
  protected answer({ authorization }: AuthorizationDecision): PlainAuthorization {
    const kept = (this.transaction?.state ?? this.rows).authorizations.get(authorization.id);
    must(kept !== undefined, `the authorization ${authorization.id} exists`);
    return plainAuthorization({ ...authorization, draws: kept.draws, steps: kept.steps });
  }

  protected request(item: BatchItem): Authorize {
    const { account = this.currentAccount, amount, usage = [], tags = {}, holdSeconds = 900, overage = null } = item;
    return {
      account: accountRef(account),
      amount: amountOf(amount),
      usage,
      tags,
      metadata: {},
      holdSeconds,
      overage,
      ...(item.output && { output: item.output }),
    };
  }
}
