import { debtOf, fundingOf, type ReferenceGrant } from './reference-books.ts';
import { alone, noAccount, ownId, refusal, type BatchSoFar } from './reference-funding.ts';
import { CHARGE } from './reference-holds.ts';
import { ReferenceTopups } from './reference-topups.ts';
import type { AccountName, Answer, Ask, HoldAsk, ObjectName, Request, Requests, Sent, Told } from './requests.ts';
import { smaller, text, units } from './units.ts';

const REFUSALS = [
  'account_not_found',
  'grant_not_found',
  'authorization_not_found',
  'account_closed',
  'account_suspended',
  'no_rate_card',
  'unpriced_usage',
  'usage_suspended',
  'request_too_large',
  'open_holds_exceeded',
  'spend_rate_exceeded',
  'budget_exceeded',
  'key_limit_exceeded',
  'insufficient_credits',
  'credits_held',
];
const CARD_UNIT = 'credits';
const REMEMBERED = [
  'ok',
  'account_closed',
  'account_suspended',
  'usage_suspended',
  'request_too_large',
  'open_holds_exceeded',
  'budget_exceeded',
  'key_limit_exceeded',
  'insufficient_credits',
  'credits_held',
];

/**
 * The rules of the ledger in the simplest code that could be right: one command at a time, nothing stored that can be
 * added up, no thought for speed. It is written from the rules, and shares no code with the service but types.
 */
export class ReferenceLedger extends ReferenceTopups {
  answers: { readonly scope: string; readonly key: string; readonly request: Request; readonly answer: Answer }[] = [];

  /**
   * Decides what was sent.
   *
   * @param no numbers the request, and names what it makes
   * @param told what the service said, where it is free to say one thing or another
   */
  submit({ request, key }: Sent, no: number, told: Answer | null): Told {
    this.told = told;
    const accounts = this.accountsOf(request);
    this.lookAtMoves(accounts);
    const scope = this.scopeOf(request);
    const earlier = this.answers.find((one) => one.key === key && one.scope === scope);
    if (earlier) {
      const same = JSON.stringify(earlier.request) === JSON.stringify(request);
      return same
        ? { answer: earlier.answer, replayed: true }
        : { answer: refusal('idempotency_key_reused'), replayed: false };
    }
    const answer = this.decide(request, String(no));
    this.beginNaps();
    this.lookAtMoves(accounts);
    if (key !== null && REMEMBERED.includes(answer.code)) this.answers.push({ scope, key, request, answer });
    return { answer, replayed: false };
  }

  /** What is changed in place is copied; the rest is only ever added to, or replaced. */
  copy(): this {
    const copy = Object.create(Object.getPrototypeOf(this) as object) as this;
    return Object.assign(copy, {
      now: this.now,
      accounts: this.accounts.map((one) => ({ ...one })),
      grants: this.grants.map((one) => ({ ...one })),
      authorizations: this.authorizations.map((one) => ({ ...one })),
      entries: [...this.entries],
      moments: [...this.moments],
      periods: this.periods.map((one) => ({ ...one })),
      lifetimes: [...this.lifetimes],
      answers: [...this.answers],
      purchases: this.purchases.map((one) => ({ ...one })),
      recurring: this.recurring,
      topups: this.topups,
      plans: this.plans,
      seen: this.seen,
      paymentsEnded: [],
      budgets: [...this.budgets],
      rules: [...this.rules],
      restraints: [...this.restraints],
      taken: [...this.taken],
      naps: [...this.naps],
      findings: [...this.findings],
      outputs: [],
      keyLimit: this.keyLimit,
      told: this.told,
    });
  }

  /** Equal for two that differ in nothing that could be noticed: the order in which different accounts changed can't be. */
  fingerprint(): string {
    const { accounts, grants, authorizations, entries, lifetimes, periods, budgets, purchases, answers } = this;
    const { rules, restraints, taken, naps, findings, keyLimit, recurring, topups, plans } = this;
    const ofAccounts = [grants, authorizations, entries, lifetimes, periods, budgets, purchases];
    const ofRefills = [recurring, topups, plans];
    const ofRules = [rules, restraints, taken, naps, findings];
    const sorted = [...accounts].sort((a, b) => (a.name < b.name ? -1 : 1));
    const owned = sorted.map(({ name }) =>
      [...ofAccounts, ...ofRules, ...ofRefills].map((list: readonly { readonly account: AccountName }[]) =>
        list.filter(({ account }) => account === name),
      ),
    );
    const keys = answers.map(({ scope, key }) => `${scope}/${key}`).sort();
    return JSON.stringify([sorted, owned, keys, keyLimit], (_, value: unknown) =>
      typeof value === 'bigint' ? text(value) : value,
    );
  }

  /** A key belongs to the account that the request is about; a new account's to the environment. */
  scopeOf(request: Request): string {
    if (request.type === 'create_account')
      return request.account.includes('@') ? 'environment:test' : 'environment:live';
    if (request.type === 'limit_key') return '';
    if ('account' in request) return request.account;
    if ('grant' in request) return this.ownerOf(request.grant);
    if ('purchase' in request) return this.ownerOf(request.purchase);
    if ('authorization' in request) return this.ownerOf(request.authorization);
    const [first] = request.items;
    if (!first) return '';
    return 'account' in first ? first.account : this.ownerOf(first.authorization);
  }

  /** Accounts that a request is about: what time has done to them is noticed then. */
  accountsOf(request: Request): AccountName[] {
    const items = 'items' in request ? request.items : [request];
    const owners = items.map((item) => {
      if ('account' in item) return item.account;
      if ('authorization' in item) return this.ownerOf(item.authorization);
      return this.scopeOf(request);
    });
    return this.accounts.map(({ name }) => name).filter((name) => owners.includes(name));
  }

  ownerOf(name: ObjectName): string {
    const own = name.replace('~', '');
    return [...this.grants, ...this.purchases, ...this.authorizations].find((one) => one.name === own)?.account ?? '';
  }

  decide(request: Request, no: string): Answer {
    switch (request.type) {
      case 'create_account':
        return this.createAccount(request);
      case 'update_account':
      case 'set_account_status':
        return this.changeAccount(request);
      case 'close_account':
        return this.closeAccount(request);
      case 'write_off':
        return this.writeOff(request);
      case 'put_budget':
        return this.putBudget(request);
      case 'delete_budget':
        return this.deleteBudget(request);
      case 'raise_budget':
        return this.raiseBudget(request);
      case 'limit_key':
        return this.limitKey(request);
      case 'set_rules':
        return this.setRules(request);
      case 'restrain':
        return this.restrain(request);
      case 'resume':
        return this.resume(request);
      case 'create_grant':
        return this.createGrant(request, `grant#${no}`);
      case 'buy':
        return this.buy(request, `purchase#${no}`);
      case 'pay':
        return this.pay(request);
      case 'cancel_purchase':
        return this.cancelPurchase(request.purchase);
      case 'return_money':
        return this.returnMoney(request);
      case 'set_plan':
        return this.setPlan(request);
      case 'set_topup':
        return this.setTopup(request);
      case 'put_recurring':
        return this.putRecurring(request);
      case 'change_recurring':
        return this.changeRecurring(request);
      case 'void_grant':
        return this.voidGrant(request.grant);
      case 'authorize':
        return this.authorize(request, `auth#${no}`);
      case 'charge':
        return this.charge(request, `auth#${no}`);
      case 'authorize_batch':
        return this.authorizeAll(request, no);
      case 'charge_batch':
        return this.chargeAll(request, no);
      case 'commit':
        return this.commit(request);
      case 'commit_batch':
        return { code: 'ok', items: request.items.map((item) => this.commit(item)) };
      case 'void':
        return this.void(request.authorization);
      case 'extend':
        return this.extend(request);
      case 'refund':
        return this.refund(request);
      case 'adjust':
        return this.adjust(request);
    }
  }

  createAccount({ account: name, unit, limit, overage, prices, commitment }: Requests['create_account']): Answer {
    const monthly = commitment === null ? null : units(commitment);
    const there = this.accounts.find((one) => one.name === name);
    if (!there) {
      if (prices !== 'none' && unit !== CARD_UNIT) return { ...refusal('unit_mismatch'), unit, cardUnit: CARD_UNIT };
      const terms = { limit: units(limit), overage, prices, commitment: monthly };
      this.accounts.push({ name, unit, ...terms, status: 'active', remainder: null });
      this.openPeriod(name, this.now);
      return { ...this.accountView(name), created: true };
    }
    const differing = [
      ...(there.unit === unit ? [] : ['unit']),
      ...(there.limit === units(limit) ? [] : ['overdraftLimit']),
      ...(there.overage === overage ? [] : ['overage']),
      ...(there.commitment === monthly ? [] : ['commitment']),
      ...((there.prices === 'none') === (prices === 'none') ? [] : ['rateCard']),
      ...((there.prices === 'half') === (prices === 'half') ? [] : ['discount']),
    ];
    return differing.length === 0 ? this.accountView(name) : { ...refusal('account_exists'), differing };
  }

  changeAccount(request: Requests['update_account'] & { readonly status?: 'active' | 'suspended' }): Answer {
    const account = this.accounts.find(({ name }) => name === request.account);
    if (!account) return noAccount(request.account);
    if (account.status === 'closed') return { ...refusal('account_closed'), account: ownId(request.account) };
    const { prices } = request;
    if (prices !== undefined && prices !== 'none' && account.unit !== CARD_UNIT)
      return { ...refusal('unit_mismatch'), unit: account.unit, cardUnit: CARD_UNIT };
    if (prices !== undefined) account.prices = prices;
    if (request.limit !== undefined) account.limit = units(request.limit);
    if (request.overage !== undefined) account.overage = request.overage;
    const isResumed = account.status === 'suspended' && request.status === 'active';
    if (request.status !== undefined) account.status = request.status;
    if (isResumed) this.look(account.name);
    if (request.commitment !== undefined) {
      const before = account.commitment;
      account.commitment = request.commitment === null ? null : units(request.commitment);
      this.changeCommitment(account.name, before);
    }
    return this.accountView(account.name);
  }

  closeAccount({ account: name, remainder }: Requests['close_account']): Answer {
    const account = this.accounts.find((one) => one.name === name);
    if (!account) return noAccount(name);
    if (account.status === 'closed') return this.accountView(name);
    if (this.open(name).length > 0) return { ...refusal('account_has_open_holds'), account: ownId(name) };
    account.status = 'closed';
    account.remainder = remainder;
    const underWay = this.underWay(name);
    if (underWay) this.failPayment(underWay, 'canceled');
    this.recurring = this.recurring.map((one) => (one.account === name ? { ...one, isPaused: false } : one));
    this.plans = this.plans.map((one) => (one.account === name ? { ...one, next: null } : one));
    const before = account.commitment;
    account.commitment = null;
    this.changeCommitment(name, before);
    for (const grant of this.burnDown(this.grants.filter((one) => one.account === name))) {
      this.takeBack(grant, this.remaining(grant));
    }
    return this.accountView(name);
  }

  writeOff({ account: name, amount }: Requests['write_off']): Answer {
    if (!this.accounts.some((one) => one.name === name)) return noAccount(name);
    const debt = this.debt(name);
    const asked = amount === null ? debt : units(amount);
    if (asked === 0n || asked > debt) return { ...refusal('write_off_exceeds_debt'), debt: text(debt) };
    this.book('write_off', { account: name }, 'write_off', debtOf(name), asked);
    return this.accountView(name);
  }

  accountView(name: AccountName): Answer {
    const account = this.accountOf(name);
    return {
      code: 'ok',
      created: false,
      account: name,
      unit: account.unit,
      limit: text(account.limit),
      overage: account.overage,
      commitment: account.commitment === null ? null : text(account.commitment),
      status: account.status,
      debt: text(this.debt(name)),
      balance: this.balanceOf(name),
    };
  }

  createGrant(request: Requests['create_grant'], name: ObjectName): Answer {
    if (!this.accounts.some((one) => one.name === request.account)) return noAccount(request.account);
    const { account, category, priority, scope, expiresAt } = request;
    const effectiveAt = request.effectiveAt ?? this.now;
    if (expiresAt !== null && (expiresAt <= this.now || expiresAt <= effectiveAt))
      return refusal('grant_already_expired');
    if (this.accountOf(account).status === 'closed') return { ...refusal('account_closed'), account: ownId(account) };
    const amount = units(request.amount);
    const times = { effectiveAt, expiresAt, voidedAt: null, createdAt: this.now };
    const grant: ReferenceGrant = { name, account, amount, category, priority, scope, ...times };
    const owed = smaller(amount, this.debt(account));
    this.grants.push(grant);
    this.book('grant', grant, fundingOf(grant), name, amount);
    this.book('debt_repayment', grant, name, debtOf(account), owed);
    return this.grantView(grant);
  }

  voidGrant(name: ObjectName): Answer {
    const grant = this.grants.find((one) => one.name === name);
    if (!grant) return refusal('grant_not_found');
    if (grant.voidedAt !== null) return this.grantView(grant);
    const rest = this.free(grant);
    if (this.hasExpired(grant) || rest === 0n) return refusal('grant_not_voidable');
    grant.voidedAt = this.now;
    this.takeBack(grant, rest);
    return this.grantView(grant);
  }

  grantView(grant: ReferenceGrant): Answer {
    const { name, account, amount, category, priority, effectiveAt, expiresAt, voidedAt, createdAt } = grant;
    return {
      code: 'ok',
      grant: name,
      account,
      status: this.statusOf(grant),
      amount: text(amount),
      remaining: text(this.remaining(grant)),
      held: text(this.pinnedOf(grant)),
      category,
      priority,
      effectiveAt,
      expiresAt,
      voidedAt,
      createdAt,
    };
  }

  statusOf(grant: ReferenceGrant): string {
    if (grant.voidedAt !== null) return 'voided';
    if (this.hasExpired(grant)) return 'expired';
    if (grant.effectiveAt > this.now) return 'scheduled';
    return this.remaining(grant) === 0n ? 'exhausted' : 'active';
  }

  authorizeAll({ mode, items }: Requests['authorize_batch'], no: string): Answer {
    const authorizeItem = (item: HoldAsk, at: number, batch?: BatchSoFar): Answer =>
      this.authorize(item, `auth#${no}.${at}`, batch);
    if (mode === 'all_or_nothing') return this.allOrNothing(items, authorizeItem);
    return { code: 'ok', items: items.map((item, at) => authorizeItem(item, at)) };
  }

  /** Where all or nothing is asked for, everything must be there at once before the first is charged. */
  chargeAll({ mode, items }: Requests['charge_batch'], no: string): Answer {
    if (mode === 'all_or_nothing') {
      const trial = this.copy();
      const held = trial.allOrNothing(items, (item, at, batch) => trial.hold(item, `auth#${no}.${at}`, CHARGE, batch));
      if (held.code !== 'ok') return held;
    }
    return { code: 'ok', items: items.map((item, at) => this.charge(item, `auth#${no}.${at}`)) };
  }

  allOrNothing<Item extends Ask>(
    items: readonly Item[],
    holdItem: (item: Item, at: number, batch: BatchSoFar) => Answer,
  ): Answer {
    const before = this.copy();
    const batch = alone();
    const answers = items.map((item, at) => {
      const answer = holdItem(item, at, batch);
      if (answer.code === 'ok') batch.own.push(...this.authorizations.slice(-1));
      return answer;
    });
    const codes = answers.map(({ code }) => code).filter((code) => code !== 'ok');
    if (codes.length === 0) return { code: 'ok', items: answers };
    Object.assign(this, before);
    const gravest = codes.toSorted((a, b) => REFUSALS.indexOf(a) - REFUSALS.indexOf(b))[0];
    const spoken = answers.filter(({ code }) => code === gravest);
    const speaker = spoken.find(({ retryAfter }) => retryAfter === null) ?? spoken[0];
    return {
      code: 'nothing',
      ...speaker,
      items: answers.map((answer) => (answer.code === 'ok' ? { code: 'ok' } : answer)),
    };
  }
}
