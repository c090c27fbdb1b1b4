import type { Amount } from '#amounts';

/**
 * Rules that stop usage which runs away, whatever credits there are. Each is decided with the request that it declines, except
 * `spike` and `loop`: these are looked for in what was used lately, and what they find stands on the account as a restraint.
 */
export interface Rules {
  /** The most that one authorization may hold, or one charge may take. */
  readonly maxAmount: Amount | null;
  /** The most authorizations that the account may have open. */
  readonly maxOpenHolds: number | null;
  /** The most output tokens that one usage of a request may ask for. */
  readonly maxOutputTokens: number | null;
  readonly rate: readonly RateRule[];
  readonly nap: readonly NapRule[];
  readonly spike: readonly SpikeRule[];
  readonly loop: readonly LoopRule[];
}

/** An account's own rules. It follows its environment in what is `null`; a list replaces the environment's. */
export type OwnRules = { readonly [Field in keyof Rules]: Rules[Field] | null } & {
  /** Whether no rule applies to it, neither its own nor its environment's. */
  readonly exempt: boolean;
};

export const RATE_PERIODS = ['second', 'minute', 'hour'] as const;
export type RatePeriod = (typeof RATE_PERIODS)[number];

/**
 * How much may be asked for in a period. All of it may be asked for at once; it comes back evenly, so that after a whole period
 * without requests all of it is there again.
 */
export interface Rate {
  readonly of: 'amount' | 'requests';
  /** More than zero; of requests, a whole number. */
  readonly limit: Amount;
  readonly per: RatePeriod;
}

export interface RateRule extends Rate {
  /** The tag of whose values each has a rate of its own; `null`: the whole account has one. */
  readonly tag: string | null;
}

/** After a commit with so much output, requests with the same value of a tag are declined for a while. */
export interface NapRule {
  /** A commit of more output tokens than these starts a nap. */
  readonly overOutputTokens: number;
  readonly seconds: number;
  /** `null`: the whole account rests. */
  readonly tag: string | null;
}

export const ACTIONS = ['alert', 'throttle', 'suspend'] as const;
export type Action = (typeof ACTIONS)[number];

/** What is done about what a rule has found. */
export interface Reaction {
  readonly action: Action;
  /** For how many seconds; `null`: until somebody resumes. It means nothing for an alert. */
  readonly seconds: number | null;
  /** The tag whose value it is done about; `null`: it is looked for and done in the whole account. */
  readonly tag: string | null;
}

/** An hour in which so much was spent: `factor` times the median of the same hours of the last days, and at least `floor`. */
export interface SpikeRule extends Reaction {
  readonly factor: Amount;
  /** More than zero. */
  readonly floor: Amount;
}

/** The same request so many times within a minute. */
export interface LoopRule extends Reaction {
  readonly times: number;
}

export const NO_LIMIT_RULES: Rules = {
  maxAmount: null,
  maxOpenHolds: null,
  maxOutputTokens: null,
  rate: [],
  nap: [],
  spike: [],
  loop: [],
};

/** Of an account that nobody has said anything about: it follows its environment. */
export const NO_OWN_RULES: OwnRules = {
  maxAmount: null,
  maxOpenHolds: null,
  maxOutputTokens: null,
  rate: null,
  nap: null,
  spike: null,
  loop: null,
  exempt: false,
};

/** The most that `maxOpenHolds` may be: whoever reads an account counts its holds up to that, and some more. */
export const OPEN_HOLDS_RULE_MAX = 1000;

/** A rule with a list has at most so many entries. */
export const RULES_MAX = 20;

const PERIODS_MS: Readonly<Record<RatePeriod, number>> = { second: 1000, minute: 60_000, hour: 3_600_000 };

export function periodMsOf({ per }: Pick<Rate, 'per'>): number {
  return PERIODS_MS[per];
}

/** Both stay what they are from decision to decision, so what comes of them is remembered for as long as both are. */
const applying = new WeakMap<OwnRules, WeakMap<Rules, Rules>>();

/** The rules that apply to an account: its own, laid over its environment's. */
export function applyingRules(own: OwnRules, environments: Rules = NO_LIMIT_RULES): Rules {
  if (own === NO_OWN_RULES) return environments;
  if (own.exempt) return NO_LIMIT_RULES;
  const known = applying.get(own) ?? new WeakMap<Rules, Rules>();
  applying.set(own, known);
  const rules = known.get(environments) ?? laidOver(own, environments);
  known.set(environments, rules);
  return rules;
}

function laidOver(own: OwnRules, environments: Rules): Rules {
  return {
    maxAmount: own.maxAmount ?? environments.maxAmount,
    maxOpenHolds: own.maxOpenHolds ?? environments.maxOpenHolds,
    maxOutputTokens: own.maxOutputTokens ?? environments.maxOutputTokens,
    rate: own.rate ?? environments.rate,
    nap: own.nap ?? environments.nap,
    spike: own.spike ?? environments.spike,
    loop: own.loop ?? environments.loop,
  };
}
