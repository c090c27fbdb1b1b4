/** The API's answers, written down from the contract and not from the code that makes them. */

export interface BalanceView {
  readonly unit: string;
  readonly posted: string;
  readonly held: string;
  readonly available: string;
}

export interface AccountView {
  readonly id: string;
  readonly unit: string;
  readonly name: string | null;
  readonly status: 'active' | 'suspended' | 'closed';
  readonly overdraft_limit: string;
  readonly overage: string;
  readonly time_zone: string;
  readonly commitment: { readonly amount: string; readonly period: 'month' } | null;
  readonly rate_card: string | null;
  readonly discount: string;
  readonly overrides: readonly unknown[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly created_at: string;
  /** From here on only of closed accounts. */
  readonly closed_at?: string;
  readonly remainder?: 'breakage' | 'return';
  readonly erasing?: boolean;
  readonly erased_at?: string | null;
  readonly balance: BalanceView & { readonly debt: string; readonly as_of: string };
}

export interface GrantView {
  readonly id: string;
  readonly account: string;
  readonly amount: string;
  readonly remaining: string;
  readonly held: string;
  readonly frozen: string;
  readonly category: string;
  readonly priority: number;
  readonly scope: Readonly<Record<string, unknown>> | null;
  readonly cost_basis: string | null;
  readonly amount_paid: string | null;
  readonly currency: string | null;
  readonly purchase: string | null;
  readonly returned: string | null;
  readonly status: 'scheduled' | 'active' | 'exhausted' | 'expired' | 'voided';
  readonly effective_at: string;
  readonly expires_at: string | null;
  readonly voided_at: string | null;
  readonly created_at: string;
  readonly recurring_grant: Readonly<Record<string, unknown>> | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface AuthorizationView {
  readonly id: string;
  readonly account: string;
  readonly status: 'authorized' | 'committed' | 'voided' | 'expired';
  readonly amount: string;
  readonly held: string;
  readonly committed: string;
  readonly uncollected: string;
  readonly refunded: string;
  readonly overage: string;
  readonly late: boolean;
  readonly usage: readonly unknown[];
  readonly tags: Readonly<Record<string, string>>;
  readonly group: string | null;
  readonly price: { readonly rate_card: string; readonly version: number } | null;
  readonly assumed: { readonly max_output_tokens: number } | null;
  readonly settlement: 'exact' | 'estimated' | 'unknown' | 'unpriced' | null;
  readonly lines: readonly LineView[];
  readonly amounts: readonly (string | null)[];
  /** Not for an account's own key. */
  readonly cost?: string | null;
  readonly cost_currency?: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly committed_at: string | null;
  readonly balance: BalanceView;
}

export interface LineView {
  readonly event: string;
  readonly model: string | null;
  readonly component: number;
  readonly quantity: string;
  readonly count: string;
  readonly rate: string | null;
  readonly amount: string;
}

export interface TransferView {
  readonly id: string;
  readonly transaction_id: string;
  readonly kind: string;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly amount: string;
  readonly grant: string | null;
  readonly authorization: string | null;
  readonly corrects: string | null;
  readonly created_at: string;
}

export interface ProblemView {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  /** Of `invalid_api_key`. */
  readonly reason?: string;
}

/** One item of a batch's answer. */
export interface ItemView {
  readonly status: number;
  readonly authorization?: AuthorizationView;
  readonly problem?: ProblemView;
}

export interface ListView {
  readonly data: readonly { readonly id: string }[];
  readonly next_cursor: string | null;
}
