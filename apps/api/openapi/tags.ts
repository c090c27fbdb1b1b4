import { guidePath } from '../guides/guides.ts';

interface TagDescription {
  readonly description: string;
  /** Where a guide explains it. */
  readonly guide: string;
}

/** The headings of the description. */
export const TAGS = {
  Accounts: {
    description: 'A customer’s account, its terms and its balance.',
    guide: guidePath('concepts', 'amounts-accounts-units'),
  },
  Grants: {
    description: 'Credits that an account may spend, with their priority, expiry and scope.',
    guide: guidePath('concepts', 'grants-and-burn-down-order'),
  },
  Authorizations: {
    description: 'Holds on credits: authorize before the model runs, then commit what it used, or void.',
    guide: guidePath('concepts', 'authorizations'),
  },
  Charges: { description: 'Authorize and commit in one step.', guide: guidePath('concepts', 'commit') },
  Prices: {
    description: 'Rate cards: what usage costs, and quotes of it.',
    guide: guidePath('pricing'),
  },
  Plans: {
    description: 'What an account gets by one call: allowances, budgets, prices, limits.',
    guide: guidePath('api', 'plans'),
  },
  Purchases: {
    description: 'Packages of credits, and what accounts have bought: top-ups and their payments.',
    guide: guidePath('refills'),
  },
  Statement: {
    description: 'Every movement of an account’s credits.',
    guide: guidePath('concepts', 'double-entry'),
  },
  Reports: {
    description: 'What usage earned, and what it cost.',
    guide: guidePath('api', 'reports'),
  },
  'Alerts and events': {
    description: 'What happens to an account, and when Purser sends an alert about it.',
    guide: guidePath('concepts', 'alerts'),
  },
  Webhooks: {
    description: 'Endpoints that Purser sends events to, the deliveries to them, and the messages.',
    guide: guidePath('webhooks'),
  },
  Limits: {
    description: 'What a whole environment, or the requests with an API key, may spend over all accounts.',
    guide: guidePath('concepts', 'limits-over-all-accounts'),
  },
  'API keys': {
    description: 'Keys, their scopes, and the addresses that they may be used from.',
    guide: guidePath('concepts', 'environments-and-keys'),
  },
  Environments: {
    description: 'Isolated sets of accounts and keys, like `live` and `test`.',
    guide: guidePath('concepts', 'environments-and-keys'),
  },
  'Audit log': {
    description: 'What operators changed, and with which key.',
    guide: guidePath('api', 'audit-log'),
  },
  'Test clock': {
    description: 'The time of an environment, which you can move forward in every environment but `live`.',
    guide: guidePath('concepts', 'the-test-clock'),
  },
  Operations: {
    description: 'Health and metrics of the process, for those who run it.',
    guide: guidePath('api', 'health'),
  },
  Description: {
    description: 'This description, for programs and as a page, and the guides.',
    guide: guidePath('api', 'description'),
  },
} as const satisfies Record<string, TagDescription>;

export type Tag = keyof typeof TAGS;
