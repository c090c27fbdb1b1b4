/** The headings of the description, in the order in which `DESCRIBED_CONTROLLERS` uses them. */
export const TAGS = {
  Accounts: 'A customer’s account, its terms and its balance.',
  Grants: 'Credits that an account may spend, with their priority, expiry and scope.',
  Authorizations: 'Holds on credits: authorize before the model runs, then commit what it used, or void.',
  Charges: 'Authorize and commit in one step.',
  Statement: 'Every movement of an account’s credits.',
  'Alerts and events': 'What happens to an account, and when Purser sends an alert about it.',
  Webhooks: 'Endpoints that Purser sends events to, and the deliveries to them.',
  'API keys': 'Keys, their scopes, and the addresses that they may be used from.',
  Environments: 'Isolated sets of accounts and keys, like `live` and `test`.',
  'Audit log': 'What operators changed, and with which key.',
  'Test clock': 'The time of an environment, which you can move forward in every environment but `live`.',
  Operations: 'Health and metrics of the process, for those who run it.',
  Description: 'This description, for programs and as a page.',
} as const satisfies Record<string, string>;

export type Tag = keyof typeof TAGS;
