import { createHash } from 'node:crypto';
import type { Answer as ServiceAnswer, Engine, IdempotencyKey } from '#ledger-store';
import { Amount } from '#amounts';
import {
  DEFAULT_TERMS,
  NO_OWN_RULES,
  accountKey,
  needsOf,
  type AccountTerms,
  type Finding as ServiceFinding,
  type LoopRule,
  type OwnRules,
  type PaymentResult,
  type PurchaseTerms,
  type SpikeRule,
  type Authorize,
  type Budget,
  type Command,
  type SpendRequest,
  type StatedUsage,
  type Usage,
} from '#ledger';
import type { Prices } from './reference-prices.ts';
import { planVersion } from './plan-versions.ts';
import type { Names } from './names.ts';
import { recurringOf, topupTerms } from './refills-of-service.ts';
import type { AccountName, Ask, CommitAsk, Finding, HoldAsk, Request, Requests, RulesAsk, Sent } from './requests.ts';
import { bodyOf } from './service-words.ts';
import { EPOCH } from './world.ts';

/** Sends a request through the real engine. */
export async function askService(
  engine: Engine,
  names: Names,
  { request, key }: { readonly request: Exclude<Request, { type: 'limit_key' }>; readonly key: Sent['key'] },
): Promise<ServiceAnswer> {
  const isOfKey = 'withKey' in request && request.withKey && !request.account.includes('@');
  const command = { ...commandOf(request, names), ...(isOfKey && { keyId: names.key }) };
  return engine.submit({
    command,
    key: key === null ? null : keyOf(command, names.own(key)),
    render: (outcome) => ({ status: outcome.ok ? 200 : 402, body: bodyOf(outcome) }),
  });
}

function keyOf(command: Command, key: string): IdempotencyKey {
  const [first = ''] = needsOf(command).accounts;
  return {
    // A new account's is kept under its environment.
    scope: command.type === 'create_account' ? accountKey(command.account.environment, '') : first,
    key: digest(key),
    fingerprint: digest(bodyOf(command)),
    forever: command.type === 'create_grant' || command.type === 'refund' || command.type === 'adjust',
  };
}

function digest(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

function commandOf(request: Exclude<Request, { type: 'limit_key' }>, names: Names): Command {
  switch (request.type) {
    case 'create_account': {
      const { limit, overage, commitment, unit } = request;
      const given = { overdraftLimit: new Amount(limit), overage, commitment: amountOrNull(commitment) };
      const terms = { ...DEFAULT_TERMS, ...given, ...pricesOf(request.account, request.prices, names) };
      return { type: request.type, account: names.account(request.account), unit, terms, ...cardUnit(request.prices) };
    }
    case 'update_account': {
      const { limit, overage, prices, commitment } = request;
      const terms = {
        ...(limit === undefined ? {} : { overdraftLimit: new Amount(limit) }),
        ...(overage === undefined ? {} : { overage }),
        ...(prices === undefined ? {} : pricesOf(request.account, prices, names)),
        ...(commitment === undefined ? {} : { commitment: amountOrNull(commitment) }),
      };
      return { type: request.type, account: names.account(request.account), terms, ...cardUnit(prices) };
    }
    case 'set_account_status':
    case 'close_account':
      return { ...request, account: names.account(request.account) };
    case 'write_off': {
      const account = names.account(request.account);
      return { type: request.type, account, amount: amountOrNull(request.amount), reason: 'lost' };
    }
    case 'create_grant':
      return {
        ...request,
        account: names.account(request.account),
        amount: new Amount(request.amount),
        costBasis: null,
        effectiveAt: request.effectiveAt === null ? null : EPOCH + request.effectiveAt,
        expiresAt: request.expiresAt === null ? null : EPOCH + request.expiresAt,
        metadata: {},
      };
    case 'buy':
      return { type: 'begin_purchase', account: names.account(request.account), ...purchaseTerms(request) };
    case 'pay':
      return { type: 'record_payment', purchase: names.object(request.purchase), result: paymentResult(request) };
    case 'cancel_purchase':
      return { type: request.type, purchase: names.object(request.purchase) };
    case 'return_money': {
      const { money, reference } = request;
      const purchase = names.object(request.purchase);
      return { type: 'refund_purchase', purchase, origin: 'provider', money: new Amount(money), reference };
    }
    case 'set_plan': {
      const { effective, prorate, plan } = request;
      const account = names.account(request.account);
      return { type: request.type, account, plan: plan && planVersion(plan), effective, prorate };
    }
    case 'set_topup': {
      const account = names.account(request.account);
      return { type: 'set_auto_topup', account, terms: request.rule && topupTerms(request.account, request.rule) };
    }
    case 'put_recurring':
      return { type: 'put_recurring_grant', account: names.account(request.account), ...recurringOf(request) };
    case 'change_recurring':
      return {
        type: `${request.change}_recurring_grant`,
        account: names.account(request.account),
        name: request.name,
      };
    case 'void_grant':
      return { type: request.type, grant: names.object(request.grant) };
    case 'authorize':
      return { type: request.type, ...hold(request, names) };
    case 'authorize_batch':
      return { ...request, items: request.items.map((item) => hold(item, names)) };
    case 'charge':
      return { type: request.type, ...spending(request, names) };
    case 'charge_batch':
      return { ...request, items: request.items.map((item) => spending(item, names)) };
    case 'put_budget':
      return { type: request.type, account: names.account(request.account), ...budgetOf(request) };
    case 'delete_budget':
      return { type: request.type, account: names.account(request.account), budget: { name: request.name } };
    case 'raise_budget': {
      const { raise, name } = request;
      const at = raise && { amount: new Amount(raise.amount), until: EPOCH + raise.until, reason: null };
      return { type: request.type, account: names.account(request.account), budget: { name }, raise: at };
    }
    case 'set_rules':
      return { type: request.type, account: names.account(request.account), rules: rulesOf(request.rules) };
    case 'restrain':
      return { type: request.type, account: names.account(request.account), finding: findingOf(request.finding) };
    case 'resume':
      return { type: 'resume_usage', account: names.account(request.account), tag: request.tag, value: null };
    case 'commit':
      return { type: request.type, ...commit(request, names) };
    case 'commit_batch':
      return { type: request.type, items: request.items.map((item) => commit(item, names)) };
    case 'void':
      return { type: request.type, authorization: names.object(request.authorization) };
    case 'extend': {
      const { amount, usage, seconds } = request;
      const authorization = names.object(request.authorization);
      return { type: request.type, authorization, amount: amountOrNull(amount), usage, holdSeconds: seconds };
    }
    case 'refund': {
      const authorization = names.object(request.authorization);
      return { type: request.type, authorization, amount: amountOrNull(request.amount), reason: null };
    }
    case 'adjust': {
      const authorization = names.object(request.authorization);
      const amount = amountOrNull(request.amount);
      return { type: request.type, authorization, amount, stated: stated(request.usage), reason: null };
    }
  }
}

function hold(ask: HoldAsk, names: Names): Authorize {
  return { ...spending(ask, names), holdSeconds: ask.seconds, overage: ask.overage };
}

function spending({ account, amount, usage, tags }: Ask, names: Names): SpendRequest {
  return { account: names.account(account), amount: amountOrNull(amount), usage, tags, metadata: {} };
}

function commit({ authorization, amount, usage, final }: CommitAsk, names: Names) {
  return { authorization: names.object(authorization), amount: amountOrNull(amount), stated: stated(usage), final };
}

function stated(usage: readonly Usage[]): StatedUsage {
  return { usage, raw: null, settlement: 'exact' };
}

function purchaseTerms({ credits, hasBonus, price, lifetime }: Requests['buy']): PurchaseTerms {
  return {
    credits: new Amount(credits),
    bonusCredits: new Amount(hasBonus ? credits : 0),
    price: new Amount(price),
    currency: 'USD',
    provider: 'manual',
    paymentMethod: null,
    customer: null,
    package: null,
    expiresAfterMs: lifetime,
    priority: 100,
    metadata: {},
  };
}

function paymentResult({ result }: Requests['pay']): PaymentResult {
  const common = { reference: 'pi_1' };
  if (result === 'other amount') {
    return { ...common, status: 'succeeded', paid: { amount: new Amount('0.1'), currency: 'USD' } };
  }
  if (result === 'succeeded') return { ...common, status: result };
  return { ...common, status: result, failure: { code: 'card_declined', message: 'The card was declined.' } };
}

function budgetOf({ name, amount, period, mode, scope, per, zone, until, mustBeNew }: Requests['put_budget']) {
  const budget: Budget = {
    name,
    // The same again where the request is.
    id: digest(name),
    amount: new Amount(amount),
    expected: null,
    period,
    anchor: null,
    timeZone: zone,
    mode,
    scope,
    per,
    thresholds: [50, 100],
    until: until === null ? null : EPOCH + until,
    raise: null,
    owner: 'operator',
    createdAt: EPOCH,
  };
  return { budget, mustBeNew };
}

function rulesOf({ maxAmount, maxOpenHolds, maxOutput, rate, nap, loop, spike, exempt }: RulesAsk): OwnRules {
  return {
    ...NO_OWN_RULES,
    maxAmount: amountOrNull(maxAmount),
    maxOpenHolds,
    maxOutputTokens: maxOutput,
    rate: rate.map((one) => ({ ...one, limit: new Amount(one.limit) })),
    nap: nap.map(({ over, ...one }) => ({ ...one, overOutputTokens: over })),
    loop: loop.map(loopOf),
    spike: spike.map(spikeOf),
    exempt,
  };
}

function loopOf({ action, seconds, tag, times }: RulesAsk['loop'][number]): LoopRule {
  return { action, seconds, tag, times };
}

function spikeOf({ action, seconds, tag, factor, floor }: RulesAsk['spike'][number]): SpikeRule {
  return { action, seconds, tag, factor: new Amount(factor), floor: new Amount(floor) };
}

function findingOf({ rule, value, start, usual }: Finding): ServiceFinding {
  const about = { value, windowStart: EPOCH + start };
  if ('times' in rule) return { kind: 'loop', rule: loopOf(rule), ...about, requests: rule.times };
  const figures = { spent: new Amount('1000'), threshold: new Amount('100'), usual: new Amount(usual) };
  return { kind: 'spike', rule: spikeOf(rule), ...about, figures };
}

function pricesOf(account: AccountName, prices: Prices, names: Names): Pick<AccountTerms, 'rateCard' | 'discount'> {
  return {
    rateCard: prices === 'none' ? null : names.card(account),
    discount: new Amount(prices === 'half' ? '0.5' : '0'),
  };
}

function cardUnit(prices: Prices = 'none'): { readonly cardUnit: string | null } {
  return { cardUnit: prices === 'none' ? null : 'credits' };
}

function amountOrNull(amount: string | null): Amount | null {
  return amount === null ? null : new Amount(amount);
}
