import { Amount, formatAmount, type JsonObject } from '#amounts';
import { loopJson, spikeJson } from './rules-json.ts';
import type { LoopRule, Rate, Rules, SpikeRule } from './rules.ts';
import type { SpikeFigures } from './spikes.ts';

/** An hour of an account, or of a value of one of its tags, that is a spike. */
export interface SpikeFound {
  readonly kind: 'spike';
  readonly rule: SpikeRule;
  /** The value of the rule's tag; `null` where it has none. */
  readonly value: string | null;
  /** When the hour began, by the account's clock, in milliseconds since 1970. */
  readonly windowStart: number;
  readonly figures: SpikeFigures;
}

/** A minute in which the same request came too often. */
export interface LoopFound {
  readonly kind: 'loop';
  readonly rule: LoopRule;
  readonly value: string | null;
  /** When the minute began. */
  readonly windowStart: number;
  /** How often it has come by now. */
  readonly requests: number;
}

/** What a rule looks for that isn't decided with each request. */
export type Finding = SpikeFound | LoopFound;

/** The rule that has found it, as it is stored. */
export function foundBy(finding: Finding): JsonObject {
  return finding.kind === 'spike' ? spikeJson(finding.rule) : loopJson(finding.rule);
}

/** Whether the rule that has found it is one of these. */
export function isOfRules(finding: Finding, { spike, loop }: Pick<Rules, 'spike' | 'loop'>): boolean {
  const rules = finding.kind === 'spike' ? spike.map(spikeJson) : loop.map(loopJson);
  const found = JSON.stringify(foundBy(finding));
  return rules.some((rule) => JSON.stringify(rule) === found);
}

const WINDOW_MS = { spike: 60 * 60 * 1000, loop: 60 * 1000 } as const;

/** When the hour or minute of a finding ends; it doesn't belong to it. */
export function windowEndOf({ kind, windowStart }: Pick<Finding, 'kind' | 'windowStart'>): number {
  return windowStart + WINDOW_MS[kind];
}

/** When the window of a rule began that an instant belongs to. */
export function windowStartOf(kind: Finding['kind'], at: number): number {
  return at - (at % WINDOW_MS[kind]);
}

/** What was found and from how much on it counts, for people and programs: credits of a spike, requests of a loop. */
export function figuresOf(finding: Finding): {
  readonly found: string;
  readonly threshold: string;
  readonly usual: string | null;
} {
  if (finding.kind === 'loop') {
    return { found: String(finding.requests), threshold: String(finding.rule.times), usual: null };
  }
  const { spent, threshold, usual } = finding.figures;
  return { found: formatAmount(spent), threshold: formatAmount(threshold), usual: formatAmount(usual) };
}

/** What a throttle still lets through: what is usual in an hour, though at least the floor; or one request a minute. */
export function throttleOf(finding: Finding): Rate {
  return finding.kind === 'loop'
    ? { of: 'requests', limit: new Amount(1), per: 'minute' }
    : { of: 'amount', limit: Amount.max(finding.figures.usual, finding.rule.floor), per: 'hour' };
}
