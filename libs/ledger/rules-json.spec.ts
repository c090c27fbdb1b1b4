import { describe, expect, it } from '@jest/globals';
import {
  environmentRulesFrom,
  ownRulesFrom,
  ownRulesJson,
  restraintFrom,
  restraintJson,
  rulesJson,
} from './rules-json.ts';
import { Amount } from '#amounts';
import { applyingRules, NO_LIMIT_RULES, NO_OWN_RULES } from './rules.ts';

const ALL = {
  max_amount: '5.5',
  max_open_holds: 20,
  max_output_tokens: 8000,
  rate: [
    { amount: '10', per: 'minute', tag: 'user' },
    { requests: 60, per: 'hour' },
  ],
  nap: [{ over_output_tokens: 500, seconds: 10, tag: 'user' }],
  spike: [{ factor: '8', floor: '100', action: 'suspend', for: 3600, tag: 'user' }],
  loop: [{ times: 30, per: 'minute', action: 'throttle', tag: 'session' }],
} as const;

describe('rules as JSON', () => {
  it('are what they were, whatever of them is given', () => {
    expect(rulesJson(environmentRulesFrom(ALL))).toEqual(ALL);
    expect(ownRulesJson(ownRulesFrom({ ...ALL, exempt: true }))).toEqual({ ...ALL, exempt: true });
    expect(ownRulesJson(ownRulesFrom({ nap: [] }))).toEqual({ nap: [] });
    expect(ownRulesFrom({})).toEqual(NO_OWN_RULES);
    expect(environmentRulesFrom({})).toEqual(NO_LIMIT_RULES);
  });

  it('take null for what isn’t given', () => {
    const none = { max_amount: null, max_open_holds: null, rate: null, loop: null, exempt: null };
    expect(ownRulesFrom(none)).toEqual(NO_OWN_RULES);
  });

  it('say a restraint as it is stored', () => {
    const restraint = {
      rule: 'spike',
      action: 'throttle',
      tag: 'user',
      value: 'u1',
      rate: { of: 'amount', limit: new Amount('2.5'), per: 'hour' },
      since: 1,
      until: null,
    } as const;
    expect(restraintFrom(restraintJson(restraint))).toEqual(restraint);
  });
});

describe('rules of an account', () => {
  const environments = environmentRulesFrom(ALL);

  it('are laid over those of its environment, field by field', () => {
    const own = ownRulesFrom({ max_amount: '9', nap: [] });
    expect(rulesJson(applyingRules(own, environments))).toEqual({ ...ALL, max_amount: '9', nap: [] });
    expect(applyingRules(own, environments)).toBe(applyingRules(own, environments));
    expect(applyingRules(NO_OWN_RULES, environments)).toBe(environments);
  });

  it('are none where it is exempt', () => {
    expect(applyingRules(ownRulesFrom({ ...ALL, exempt: true }), environments)).toEqual(NO_LIMIT_RULES);
  });
});
