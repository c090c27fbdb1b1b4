import type { Action, Rate } from './rules.ts';

/** The rules whose findings restrain an account. */
export const RESTRAINING_RULES = ['spike', 'loop'] as const;
export type RestrainingRule = (typeof RESTRAINING_RULES)[number];

/** What a rule has done about an account or a value of one of its tags, until it ends. */
export interface Restraint {
  readonly rule: RestrainingRule;
  readonly action: Exclude<Action, 'alert'>;
  /** `null`: the whole account is restrained. */
  readonly tag: string | null;
  readonly value: string | null;
  /** What a throttle still lets through; `null` of a suspension. */
  readonly rate: Rate | null;
  /** By the account's clock, in milliseconds since 1970. */
  readonly since: number;
  /** Exclusive; `null`: until somebody resumes. */
  readonly until: number | null;
}

export const NO_RESTRAINTS: readonly Restraint[] = [];

/** An account has at most so many. What is found beyond them is reported, and nothing more. */
export const RESTRAINTS_MAX = 500;

export function isInForce({ until }: Pick<Restraint, 'until'>, now: number): boolean {
  return until === null || now < until;
}

/** Whether two are about the same, so that the later one takes the place of the earlier. */
export function isSameRestraint(one: Restraint, other: Restraint): boolean {
  return one.rule === other.rule && one.action === other.action && one.tag === other.tag && one.value === other.value;
}
