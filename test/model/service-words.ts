import { Amount } from '#amounts';
import type { Names } from './names.ts';
import { accountInWordsOf, timeInWords, type Parsed } from './plain-words.ts';
import { isPlan, planInWords, recurringInWords, topupInWords } from './refill-words.ts';
import type { Answer, ObjectName } from './requests.ts';

/** An outcome as an answer's body carries it here: amounts in plain notation, everything else as JSON has it. */
export function bodyOf(outcome: object): string {
  return JSON.stringify(outcome, function (this: Record<string, unknown>, name: string, value: unknown) {
    const original = this[name];
    return Amount.isDecimal(original) ? original.toFixed() : value;
  });
}

type ParsedOutcome =
  | { readonly ok: true; readonly value: Parsed }
  | { readonly ok: false; readonly refusal: Parsed & { readonly code: string }; readonly items?: ParsedOutcome[] };
type ParsedParts = readonly { readonly grantId: string | null; readonly amount: string }[];

/** Says what the service said in the reference's words. */
export function wordsOf(body: string, names: Names): Answer {
  return outcomeInWords(JSON.parse(body) as ParsedOutcome, names);
}

/** Learns the names of what an answer is about. @param no the number of the request */
export function learnNamesFrom(body: string, no: number, names: Names): void {
  learnNames(JSON.parse(body) as ParsedOutcome, String(no), names);
}

function learnNames(outcome: ParsedOutcome, no: string, names: Names): void {
  if (!outcome.ok) return;
  const { grant, authorization, purchase, items } = outcome.value as Record<string, { id: string } | undefined> & {
    items?: ParsedOutcome[];
  };
  if (purchase) learnPurchase(purchase, no, names);
  if (grant) names.learn(`grant#${no}`, grant.id);
  if (authorization) names.learn(`auth#${no}`, authorization.id);
  items?.forEach((item, at) => learnNames(item, `${no}.${at}`, names));
}

/** What a purchase has brought is called after it. */
function learnPurchase(purchase: Parsed & { readonly id: string }, no: string, names: Names): void {
  names.learn(`purchase#${no}`, purchase.id);
  (purchase['grants'] as string[]).forEach((id, at) => names.learn(`${names.nameOf(purchase.id)}/${at}`, id));
}

function outcomeInWords(outcome: ParsedOutcome, names: Names): Answer {
  if (!outcome.ok) return refusalInWords(outcome, names);
  const { value } = outcome;
  if ('limited' in value) return { code: 'ok' };
  if ('items' in value) {
    return { code: 'ok', items: (value['items'] as ParsedOutcome[]).map((item) => outcomeInWords(item, names)) };
  }
  if ('authorization' in value) return authorizationInWords(value['authorization'] as Parsed, names);
  if ('budget' in value) return budgetInWords(value);
  if ('purchase' in value) return purchaseInWords(value, names);
  if ('grant' in value) return grantInWords(value, names);
  if ('restraints' in value) return rulesInWords(value, names);
  if (isPlan(value['plan'])) return planInWords(value);
  if ('underWay' in value) return topupInWords(value, names);
  if ('recurring' in value) return recurringInWords(value, names);
  if ('reported' in value)
    return { code: 'ok', account: accountInWordsOf(value['account']), reported: value['reported'] };
  return accountInWords(value, names);
}

function refusalInWords({ refusal, items }: ParsedOutcome & { ok: false }, names: Names): Answer {
  return {
    ...figuresInWords(refusal),
    ...('purchase' in refusal ? { purchase: names.nameOf(refusal['purchase'] as string) } : {}),
    // Nothing is held of a batch that is refused, so what its other items say is nobody's.
    ...(items ? { items: items.map((item) => (item.ok ? { code: 'ok' } : outcomeInWords(item, names))) } : {}),
  };
}

/** Whether the expiry is exact is for the engine to know, not for a client. */
function figuresInWords({ expiryIsExact: _, budget: __, ...refusal }: Parsed & { code: string }): Answer {
  if (refusal.code === 'key_limit_exceeded') return shareRefusalInWords(refusal);
  const { account, retryAfterSeconds, holdExpiresAt, resetsAt, until, by, ...rest } = refusal;
  // Until a rate has room again, or a nap is over, is known to the second. When a hold settles is a guess.
  const wait = refusal.code === 'spend_rate_exceeded' ? 'wait' : 'retryAfter';
  return {
    ...rest,
    ...(account === undefined ? {} : { account: accountInWordsOf(account) }),
    ...(retryAfterSeconds === undefined ? {} : { [wait]: retryAfterSeconds }),
    ...(until === undefined ? {} : { until: timeInWords(until) }),
    ...(by === undefined ? {} : { by: { ...(by as Parsed), until: timeInWords((by as Parsed)['until']) } }),
    ...(resetsAt === undefined ? {} : { resetsAt: timeInWords(resetsAt) }),
    ...(holdExpiresAt === undefined ? {} : { holdExpiresAt: timeInWords(holdExpiresAt) }),
  };
}

function accountInWords(value: Parsed, names: Names): Answer {
  const account = value['account'] as Parsed;
  const terms = account['terms'] as Parsed;
  return {
    code: 'ok',
    created: value['created'],
    account: ownerOf(account['key'], names),
    unit: account['unit'],
    limit: terms['overdraftLimit'],
    overage: terms['overage'],
    commitment: terms['commitment'],
    status: account['status'],
    debt: account['debt'],
    balance: value['balance'],
  };
}

/** How it came to that, requests that are decided at once see one way or another. */
function shareRefusalInWords({ code, account, required, limit, resetsAt }: Parsed & { code: string }): Answer {
  return { code, account: accountInWordsOf(account), required, limit, resetsAt: timeInWords(resetsAt) };
}

function rulesInWords({ account, restraints }: Parsed, names: Names): Answer {
  return {
    code: 'ok',
    rulesOf: ownerOf((account as Parsed)['key'], names),
    restraints: (restraints as Parsed[]).map(({ rule, action, tag, value, until }) => {
      return { rule, action, tag, value, until: timeInWords(until) };
    }),
  };
}

function budgetInWords(value: Parsed): Answer {
  const { name, amount } = value['budget'] as Parsed;
  return { code: 'ok', created: value['created'], budget: name, amount };
}

function purchaseInWords({ account, purchase }: Parsed, names: Names): Answer {
  const { id, status, failure, grants, refundedMoney, refundedCredits, lostCredits } = purchase as Parsed;
  return {
    code: 'ok',
    purchase: names.nameOf(id as string),
    account: accountInWordsOf(account),
    status,
    failure: failure && (failure as Parsed)['code'],
    grants: (grants as string[]).map((grant) => names.nameOf(grant)),
    refundedMoney,
    refundedCredits,
    lostCredits,
  };
}

function grantInWords(value: Parsed, names: Names): Answer {
  const grant = value['grant'] as Parsed;
  const { amount, remaining, held, category, priority } = grant;
  return {
    code: 'ok',
    grant: names.nameOf(grant['id'] as string),
    account: ownerOf(grant['accountKey'], names),
    status: value['status'],
    amount,
    remaining,
    held,
    category,
    priority,
    effectiveAt: timeInWords(grant['effectiveAt']),
    expiresAt: timeInWords(grant['expiresAt']),
    voidedAt: timeInWords(grant['voidedAt']),
    createdAt: timeInWords(grant['createdAt']),
  };
}

function authorizationInWords(one: Parsed, names: Names): Answer {
  const { status, amount, held, committed, uncollected, refunded, overage, late, balance } = one;
  const overdraft = { grantId: null, amount: one['overdraftHeld'] as string };
  return {
    code: 'ok',
    authorization: names.nameOf(one['id'] as string),
    account: ownerOf(one['accountKey'], names),
    status,
    amount,
    held,
    committed,
    uncollected,
    refunded,
    overage,
    late,
    createdAt: timeInWords(one['createdAt']),
    expiresAt: timeInWords(one['expiresAt']),
    committedAt: timeInWords(one['committedAt']),
    balance,
    pins: partsInWords([...(one['allocations'] as ParsedParts), overdraft], names),
    settlement: (one['pricing'] as Parsed | null)?.['settlement'] ?? null,
    ...tokensInWords(one['reservations'] as ParsedReservations),
  };
}

type ParsedReservations = readonly {
  readonly of: string;
  readonly amount: string;
  readonly used: string;
  readonly first: string | null;
}[];

/** There is one counter of a quantity. */
function tokensInWords(all: ParsedReservations): object {
  const one = all.find(({ of }) => of === 'quantity');
  if (!one) return { used: 0, reserved: 0, firstUsed: null };
  return {
    used: Number(one.used),
    reserved: Number(one.amount),
    firstUsed: one.first === null ? null : Number(one.first),
  };
}

/** Parts by grant; what is beyond the credits under `debt`. */
export function partsInWords(parts: ParsedParts, names: Names): Record<ObjectName, string> {
  const sums: Record<ObjectName, string> = {};
  for (const { grantId, amount } of parts) {
    if (amount === '0') continue;
    const name = grantId === null ? 'debt' : names.nameOf(grantId);
    sums[name] = new Amount(sums[name] ?? 0).plus(amount).toFixed();
  }
  return sums;
}

function ownerOf(key: unknown, names: Names): string {
  return names.accounts.get(key as string) ?? String(key);
}
