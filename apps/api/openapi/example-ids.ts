/** What the examples call the things that they make. The accounts are `acme` and `globex`. */
export const PAID_GRANT = 'grant_01m7xxdjqde0094rhh148wft1b';
export const GIFT = 'grant_01m7xxdjr4e0094rhh148wft1b';
export const HOLD = 'auth_01m7xxdjsje0094rhh148wft1b';
export const FIRST_OF_BATCH = 'auth_01m7xxdjt0e0094rhh148wft1b';
export const FIRST_TRANSFER = 'tr_01m7xxdjqde0194rhh148wft1b';
export const SECOND_TRANSFER = 'tr_01m7xxdjr4e0194rhh148wft1b';
export const EVENT = 'evt_01m7xxdjr4e0094rhh148wft1b';
export const WEBHOOK = 'whe_01m7xxdjt4e0094rhh148wft1b';
export const TEST_EVENT = 'evt_01m7xxdjt4e0094rhh148wft1b';
export const CHAT_KEY = 'key_01m7xxdjt8e0094rhh148wft1b';
export const ENVIRONMENT_LIMIT = 'lim_01m7xxdjt8e0294rhh148wft1b';
export const ROLLED_KEY = 'key_01m7xxdjt8e0194rhh148wft1b';
export const SECOND_OF_BATCH = 'auth_01m7xxdjt0e0194rhh148wft1b';
/** Of usage, in place of an amount. */
export const USAGE_HOLD = 'auth_01m7xxdjs4e0094rhh148wft1b';
export const FITTED_HOLD = 'auth_01m7xxdjs4e0194rhh148wft1b';
export const UNPRICED_HOLD = 'auth_01m7xxdjs4e0294rhh148wft1b';
export const RATE_CARD = 'rate_01m7xxdjs0e0094rhh148wft1b';
export const CREDIT_PACKAGE = 'package_01m7xxdjs0e0094rhh148wft1b';
/** Paid by invoice. A top-up is a purchase too, so each has two ids. */
export const TOPUP = 'top_01m7xxdjs0e0094rhh148wft1b';
export const PURCHASE = 'purchase_01m7xxdjs0e0094rhh148wft1b';
export const CANCELED_TOPUP = 'top_01m7xxdjs0e0194rhh148wft1b';
export const CANCELED_PURCHASE = 'purchase_01m7xxdjs0e0194rhh148wft1b';
export const USER_BUDGET = 'bud_01m7xxdjs0e0094rhh148wft1b';
export const RAISE_REQUEST = 'raise_01m7xxdjs0e0094rhh148wft1b';
export const PLAN = 'plan_01m7xxdjs0e0094rhh148wft1b';
export const SECOND_RAISE_REQUEST = 'raise_01m7xxdjs0e0194rhh148wft1b';
export const ANOMALY = 'anomaly_01m7xxdjs0e0094rhh148wft1b';
