/** What there is to hear of, in one sentence each; the documentation's table is checked against this. */
export const EVENTS = {
  'grant.created': 'Credits were granted.',
  'grant.expiring': 'A grant with something left expires soon: a week ahead, and again a day ahead.',
  'grant.expired': 'A grant has expired; what was left of it became breakage.',
  'grant.voided': 'What was left of a grant was taken back.',
  'balance.threshold_reached': 'A percentage of the last fill is used up.',
  'balance.low': 'The balance has fallen to a level that was set.',
  'balance.exhausted': 'Nothing is left.',
  'balance.replenished': 'A new fill starts another round of alerts.',
  'authorization.declined': 'Requests were declined for want of credits: at most one event per account and minute.',
  'authorization.expired': 'An authorization ran out without a commit.',
  'account.suspended': 'An account was suspended.',
  'webhook_endpoint.failing':
    'An endpoint has only failed for half, or nine tenths, of the five days after which it is disabled.',
  'webhook_endpoint.disabled': 'An endpoint was disabled because it only failed for five days, or answered 410.',
  'webhook_endpoint.test': 'Was asked for, to try an endpoint. It goes to that endpoint alone, whatever its types.',
} as const satisfies Record<string, string>;

export type EventType = keyof typeof EVENTS;
export const EVENT_TYPES = Object.keys(EVENTS) as readonly EventType[];
