import type { GrantCategory, GrantScope } from '#ledger';

/** By whose calendar purchases are limited. */
export const CAP_PERIODS = { anna: 'day', ben: 'week', carl: 'day', 'anna@test': 'month' } as const;

export interface RecurringTermsAsk {
  readonly amount: string;
  readonly interval: 'day' | 'week' | 'month';
  readonly every: number;
  readonly category: GrantCategory;
  readonly priority: number;
  /** With its period, never, or so many milliseconds after it began. */
  readonly expires: 'end_of_period' | 'never' | number;
  /** Of what is left, so many percent, up to so many credits, for so many periods. */
  readonly rollover: {
    readonly max: string | null;
    readonly percent: number | null;
    readonly periods: number | null;
  } | null;
  readonly scope: GrantScope | null;
  readonly prorateFirst: boolean;
}

export interface PlanAsk {
  readonly allowances: readonly { readonly name: string; readonly terms: RecurringTermsAsk }[];
  /** The overdraft limit; `null`: the account's own. */
  readonly limit: string | null;
  /** What may be spent in a day. */
  readonly budgets: readonly { readonly name: string; readonly amount: string }[];
}

const DAILY: RecurringTermsAsk = {
  amount: '20',
  interval: 'day',
  every: 1,
  category: 'included',
  priority: 50,
  expires: 'end_of_period',
  rollover: null,
  scope: null,
  prorateFirst: false,
};
const ROLLOVER = { max: '25', percent: null, periods: null };

export const PLAN_NAMES = ['small', 'large', 'two', 'bare'] as const;
export type PlanName = (typeof PLAN_NAMES)[number];

export const PLANS: Readonly<Record<PlanName, PlanAsk>> = {
  small: { allowances: [{ name: 'allowance', terms: DAILY }], limit: null, budgets: [] },
  large: {
    allowances: [{ name: 'allowance', terms: { ...DAILY, amount: '48', rollover: ROLLOVER } }],
    limit: '5',
    budgets: [{ name: 'of the plan', amount: '40' }],
  },
  two: {
    allowances: [
      { name: 'bonus', terms: { ...DAILY, amount: '12', category: 'promotional' } },
      { name: 'allowance', terms: { ...DAILY, amount: '70', interval: 'week' } },
    ],
    limit: null,
    budgets: [],
  },
  bare: { allowances: [], limit: '20', budgets: [{ name: 'of the plan', amount: '15' }] },
};
