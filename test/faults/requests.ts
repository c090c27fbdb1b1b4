import type { AuthorizationView } from '../support/views.ts';

/** What a request wants done, for one account. A batch wants several things at once. */
export type Deed = { readonly account: string } & (
  | { readonly kind: 'open' }
  | { readonly kind: 'grant'; readonly amount: string }
  | { readonly kind: 'authorize' | 'charge'; readonly amount: string }
  | {
      readonly kind: 'commit';
      readonly authorization: string;
      /** `null`: the whole hold. */
      readonly amount: string | null;
      readonly final: boolean;
    }
  | { readonly kind: 'void'; readonly authorization: string }
  | { readonly kind: 'extend'; readonly authorization: string; readonly amount: string }
  /** `null`: all that was committed and not refunded yet. */
  | { readonly kind: 'refund'; readonly authorization: string; readonly amount: string | null }
);

/** A deed that is answered with an authorization. */
export type Decided = Exclude<Deed, { kind: 'open' | 'grant' }>;

/** A request that changes the books, or is declined. */
export interface Request {
  readonly path: string;
  readonly body: object;
  readonly deeds: readonly Deed[];
  /** The statuses with which it may be answered. */
  readonly expected: readonly number[];
}

type Spend = Readonly<Record<'account' | 'amount', string>>;
type Mode = 'all_or_nothing' | 'independent';
type Hold = Pick<AuthorizationView, 'id' | 'account'>;

export function openAccount(account: string): Request {
  return { path: '/v1/accounts', body: { id: account }, deeds: [{ kind: 'open', account }], expected: [201] };
}

export function grantCredits(account: string, amount: string): Request {
  const deeds: Deed[] = [{ kind: 'grant', account, amount }];
  return { path: `/v1/accounts/${account}/grants`, body: { amount }, deeds, expected: [201] };
}

export function authorize(spend: Spend): Request {
  return { path: '/v1/authorizations', body: spend, deeds: [{ kind: 'authorize', ...spend }], expected: [201] };
}

export function charge(spend: Spend, expected: readonly number[] = [201]): Request {
  return { path: '/v1/charges', body: spend, deeds: [{ kind: 'charge', ...spend }], expected };
}

export function authorizeBatch(items: readonly Spend[]): Request {
  const deeds = items.map((item): Deed => ({ kind: 'authorize', ...item }));
  return { path: '/v1/authorizations/batch', body: { items }, deeds, expected: [201] };
}

export function chargeBatch(mode: Mode, items: readonly Spend[], expected: number): Request {
  const deeds = items.map((item): Deed => ({ kind: 'charge', ...item }));
  return { path: '/v1/charges/batch', body: { mode, items }, deeds, expected: [expected] };
}

/** @param amount the whole hold where it isn't given */
export function commit({ id, account }: Hold, amount?: string, final = true): Request {
  const deeds: Deed[] = [{ kind: 'commit', authorization: id, account, amount: amount ?? null, final }];
  const body = { ...(amount !== undefined && { amount }), ...(!final && { final }) };
  return { path: `/v1/authorizations/${id}/commit`, body, deeds, expected: [200] };
}

export function commitBatch(holds: readonly Hold[], amount: string): Request {
  const items = holds.map(({ id }) => ({ authorization: id, amount }));
  const deeds = holds.map(({ id, account }): Deed => ({
    kind: 'commit',
    authorization: id,
    account,
    amount,
    final: true,
  }));
  return { path: '/v1/authorizations/commit-batch', body: { items }, deeds, expected: [200] };
}

export function voidHold({ id, account }: Hold): Request {
  const deeds: Deed[] = [{ kind: 'void', authorization: id, account }];
  return { path: `/v1/authorizations/${id}/void`, body: {}, deeds, expected: [200] };
}

export function extend({ id, account }: Hold, amount: string): Request {
  const deeds: Deed[] = [{ kind: 'extend', authorization: id, account, amount }];
  return { path: `/v1/authorizations/${id}/extend`, body: { amount, expires_in: 3600 }, deeds, expected: [200] };
}

/** @param amount all that isn't refunded yet where it isn't given */
export function refund({ id, account }: Hold, amount?: string): Request {
  const deeds: Deed[] = [{ kind: 'refund', authorization: id, account, amount: amount ?? null }];
  const body = amount === undefined ? {} : { amount };
  return { path: `/v1/authorizations/${id}/refund`, body, deeds, expected: [200] };
}
