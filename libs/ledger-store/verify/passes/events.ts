import type { Pass } from '../pass.ts';

/** Old events are dropped, oldest first, so an account's numbers begin anywhere and end at its last. */
export const events: Pass = {
  subject: 'accounts with events',
  rows: `
    select account_id, e.first, e.last, e.events, a.event_sequence
    from (
      select account_id, min(sequence) as first, max(sequence) as last, count(*) as events
      from events where sequence is not null group by account_id
    ) e left join accounts a using (account_id)`,
  objects: [],
  checks: [
    {
      name: "An account's events are numbered without a gap, up to its last number",
      section: '§6',
      holds: 'last = event_sequence and events = last - first + 1',
      expected: `format('%s events up to number %s', last - first + 1, event_sequence)`,
      found: `format('%s events up to number %s', events, last)`,
    },
  ],
};

/** A threshold of an epoch, or of an arming, and the event that told of it. */
export const alerts: Pass = {
  subject: 'alerts',
  rows: `
    select s.account_id, s.rule, s.threshold, s.round, a.alert_epoch, a.alert_arming
    from alerts s left join accounts a using (account_id)`,
  objects: [],
  checks: [
    {
      name: 'No alert was sent of an epoch, or of an arming, that has not begun',
      section: '§6',
      holds: `round <= case rule when 'percent' then alert_epoch else alert_arming end`,
      expected: `format('at most round %s', case rule when 'percent' then alert_epoch else alert_arming end)`,
      found: `format('%s %s of round %s', rule, trim_scale(threshold), round)`,
    },
  ],
};
