import { Amount, formatAmount, type Json, type JsonObject } from '#amounts';
import type { Restraint } from './restraints.ts';
import type { LoopRule, NapRule, OwnRules, Rate, RateRule, Reaction, Rules, SpikeRule } from './rules.ts';

/** Rules as they are sent, answered and stored. What isn't set is left out. */
export interface RulesJson {
  readonly max_amount?: string | null;
  readonly max_open_holds?: number | null;
  readonly max_output_tokens?: number | null;
  readonly rate?: readonly RateJson[] | null;
  readonly nap?: readonly NapJson[] | null;
  readonly spike?: readonly SpikeJson[] | null;
  readonly loop?: readonly LoopJson[] | null;
}

export interface OwnRulesJson extends RulesJson {
  readonly exempt?: boolean | null;
}

export interface RateJson {
  readonly amount?: string | null;
  readonly requests?: number | null;
  readonly per: Rate['per'];
  readonly tag?: string | null;
}

export interface NapJson {
  readonly over_output_tokens: number;
  readonly seconds: number;
  readonly tag?: string | null;
}

export interface ReactionJson {
  readonly action: Reaction['action'];
  readonly for?: number | null;
  readonly tag?: string | null;
}

export interface SpikeJson extends ReactionJson {
  readonly factor: string | number;
  readonly floor: string;
}

export interface LoopJson extends ReactionJson {
  readonly times: number;
  readonly per?: 'minute' | null;
}

/** Reads rules of the right form; a list that isn't given is `null`. */
function rulesFrom(json: RulesJson): { readonly [Field in keyof Rules]: Rules[Field] | null } {
  const { max_amount: maxAmount, rate, nap, spike, loop } = json;
  return {
    maxAmount: isGiven(maxAmount) ? new Amount(maxAmount) : null,
    maxOpenHolds: json.max_open_holds ?? null,
    maxOutputTokens: json.max_output_tokens ?? null,
    rate: rate?.map(rateFrom) ?? null,
    nap: nap?.map(napFrom) ?? null,
    spike: spike?.map(spikeFrom) ?? null,
    loop: loop?.map(loopFrom) ?? null,
  };
}

export function ownRulesFrom(json: OwnRulesJson): OwnRules {
  return { ...rulesFrom(json), exempt: json.exempt === true };
}

/** The rules of an environment: a list that isn't given is empty. */
export function environmentRulesFrom(json: RulesJson): Rules {
  const { rate, nap, spike, loop, ...rest } = rulesFrom(json);
  return { ...rest, rate: rate ?? [], nap: nap ?? [], spike: spike ?? [], loop: loop ?? [] };
}

export function rulesJson(rules: { readonly [Field in keyof Rules]: Rules[Field] | null }): JsonObject {
  const { maxAmount, maxOpenHolds, maxOutputTokens, rate, nap, spike, loop } = rules;
  return {
    ...(maxAmount && { max_amount: formatAmount(maxAmount) }),
    ...(maxOpenHolds !== null && { max_open_holds: maxOpenHolds }),
    ...(maxOutputTokens !== null && { max_output_tokens: maxOutputTokens }),
    ...(rate && { rate: rate.map(rateRuleJson) }),
    ...(nap && { nap: nap.map(napJson) }),
    ...(spike && { spike: spike.map(spikeJson) }),
    ...(loop && { loop: loop.map(loopJson) }),
  };
}

export function ownRulesJson(rules: OwnRules): JsonObject {
  return { ...rulesJson(rules), ...(rules.exempt && { exempt: true }) };
}

export function rateJson({ of, limit, per }: Rate): JsonObject {
  return { ...(of === 'amount' ? { amount: formatAmount(limit) } : { requests: Number(formatAmount(limit)) }), per };
}

export function restraintFrom(json: JsonObject): Restraint {
  const { rule, action, tag, value, rate, since, until } = json as unknown as Restraint & { rate: RateJson | null };
  return { rule, action, tag, value, rate: rate && rateOf(rate), since, until };
}

export function restraintJson({ rate, ...restraint }: Restraint): JsonObject {
  return { ...restraint, rate: rate && rateJson(rate) };
}

function rateFrom(json: RateJson): RateRule {
  return { ...rateOf(json), tag: json.tag ?? null };
}

function rateOf({ amount, requests, per }: RateJson): Rate {
  return isGiven(amount)
    ? { of: 'amount', limit: new Amount(amount), per }
    : { of: 'requests', limit: new Amount(requests ?? 0), per };
}

function rateRuleJson(rule: RateRule): Json {
  return { ...rateJson(rule), ...tagJson(rule) };
}

function napFrom({ over_output_tokens: overOutputTokens, seconds, tag = null }: NapJson): NapRule {
  return { overOutputTokens, seconds, tag };
}

function napJson(rule: NapRule): Json {
  return { over_output_tokens: rule.overOutputTokens, seconds: rule.seconds, ...tagJson(rule) };
}

function reactionFrom({ action, for: seconds = null, tag = null }: ReactionJson): Reaction {
  return { action, seconds, tag };
}

function reactionJson(rule: Reaction): JsonObject {
  return { action: rule.action, ...(rule.seconds !== null && { for: rule.seconds }), ...tagJson(rule) };
}

function spikeFrom(json: SpikeJson): SpikeRule {
  return { factor: new Amount(json.factor), floor: new Amount(json.floor), ...reactionFrom(json) };
}

export function spikeJson(rule: SpikeRule): JsonObject {
  return { factor: formatAmount(rule.factor), floor: formatAmount(rule.floor), ...reactionJson(rule) };
}

function loopFrom(json: LoopJson): LoopRule {
  return { times: json.times, ...reactionFrom(json) };
}

export function loopJson(rule: LoopRule): JsonObject {
  return { times: rule.times, per: 'minute', ...reactionJson(rule) };
}

function tagJson({ tag }: { readonly tag: string | null }): JsonObject {
  return tag === null ? {} : { tag };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
