import { ACTIONS, RATE_PERIODS, RESTRAINING_RULES, type LedgerEvents } from '#ledger';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, count, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { EventDescription } from './event-description.ts';

type RuleEvents = Pick<LedgerEvents, 'usage.spike_detected' | 'usage.throttled' | 'usage.resumed'>;

const ABOUT = {
  rule: choice(RESTRAINING_RULES, 'The rule.'),
  tag: orNull(text('The tag whose value it is about; `null`: the whole account.')),
  value: orNull(text('The value.')),
} as const;

const UNTIL = orNull(instant('When that ends; `null`: when somebody resumes it, or there is nothing to end.'));

/** The events of rules that look for spikes and loops. */
export const RULE_EVENTS: { readonly [T in keyof RuleEvents]: EventDescription<RuleEvents[T]> } = {
  'usage.spike_detected': {
    sentWhen:
      'A rule has found an hour that is a spike, or a minute in which the same request came too often: once per hour or minute, rule and value.',
    fields: {
      ...ABOUT,
      window: viewSchema<RuleEvents['usage.spike_detected']['window']>('The hour or minute.', {
        start: instant('Its start.'),
        end: instant('Its end, exclusive.'),
      }),
      found: amount('The credits spent in the hour by then, or the number of equal requests in the minute.'),
      threshold: amount('From how many on it is reported.'),
      usual: orNull(amount('The median of the same hours of the days before; `null` for a loop.')),
      action: choice(ACTIONS, 'What the rule does about it.'),
      until: UNTIL,
    },
  },
  'usage.throttled': {
    sentWhen: 'A rule has slowed an account, or a value of a tag, down to a rate.',
    fields: {
      ...ABOUT,
      amount: orNull(amount('The credits that it may still use per period; `null` if requests are counted.')),
      requests: orNull(count('The requests that it may still make per period; `null` if credits are counted.')),
      per: choice(RATE_PERIODS, 'The period.'),
      until: UNTIL,
    },
  },
  'usage.resumed': {
    sentWhen: 'A throttle, or a suspension by a rule, has ended.',
    fields: {
      ...ABOUT,
      action: choice(
        ACTIONS.filter((action) => action !== 'alert'),
        'What has ended.',
      ),
      since: instant('When it began.'),
      reason: choice(['ended', 'resumed'], 'Its time was over (`ended`), or somebody resumed the usage (`resumed`).'),
    },
  },
};
