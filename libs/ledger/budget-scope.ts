import type { Amount } from '#amounts';
import { hashedUuid } from '#pricing';
import type { Spending, Usage } from './authorization.ts';
import { budgetLimitAt, type Budget } from './budgets.ts';
import { publicId } from './ids.ts';
import { NO_VALUE, valueOfTag } from './tag-values.ts';

/** What a request says, by which budgets tell what counts. */
export interface Spender extends Spending {
  /** The UUID of the API key that asks. */
  readonly keyId: string | null;
}

/** What a counter counts for: all that a budget is about, or one value of it. */
export interface CountedValue {
  readonly counter: string;
  readonly value: string | null;
}

const NOTHING: readonly CountedValue[] = [];
const OF_USAGE = ['model', 'provider', 'event'] as const;
/**
 * The counters of values that were asked for lately, of all accounts together: budgets by one name have the same counters in each, and a
 * digest takes longer than all else that a budget has to tell.
 */
const knownCounters = new Map<string, CountedValue>();
const KNOWN_COUNTERS_MAX = 50_000;

type Name =
  | { readonly of: 'tag'; readonly tag: string }
  | { readonly of: 'usage'; readonly field: (typeof OF_USAGE)[number] }
  | { readonly of: 'key' };

interface Condition<N extends Name> {
  readonly name: N;
  readonly values: ReadonlySet<string>;
}

/** A budget as it is read once for all decisions: what counts, and in which counters. */
export class BudgetScope {
  private readonly ofRequest: readonly Condition<Exclude<Name, { of: 'usage' }>>[];
  private readonly ofUsage: readonly Condition<Extract<Name, { of: 'usage' }>>[];
  private readonly per: Name | null;
  private readonly all: readonly CountedValue[];
  /** What its counters are told apart by from those of other budgets. */
  private readonly counted: string;
  /** The spending from which each threshold is reached. */
  readonly thresholds: readonly { readonly percent: number; readonly spent: Amount }[];

  constructor(readonly budget: Budget) {
    const conditions = Object.entries(budget.scope).map(([name, values]) => ({
      name: nameOf(name),
      values: new Set(values),
    }));
    this.ofRequest = conditions.flatMap(({ name, values }) => (name.of === 'usage' ? [] : [{ name, values }]));
    this.ofUsage = conditions.flatMap(({ name, values }) => (name.of === 'usage' ? [{ name, values }] : []));
    this.per = budget.per === null ? null : nameOf(budget.per);
    this.counted = JSON.stringify([budget.name, budget.period, budget.anchor]);
    const base = budget.expected ?? budget.amount;
    this.thresholds = budget.thresholds.map((percent) => ({ percent, spent: base.times(percent).div(100) }));
    this.all = [{ counter: counterOf(budget, null), value: null }];
  }

  /** Whether it counts at an instant of its account's time. */
  isInForce(at: number): boolean {
    return this.budget.until === null || at < this.budget.until;
  }

  /** Its amount at an instant, or what it is raised to. */
  limitAt(at: number): Amount {
    return budgetLimitAt(this.budget, at);
  }

  /** The counters in which a request counts; none where it isn't in the scope. Of several usages, one that is in it suffices. */
  countersOf(spender: Spender): readonly CountedValue[] {
    for (const { name, values } of this.ofRequest) if (!values.has(valueOfRequest(name, spender))) return NOTHING;
    if (this.per?.of === 'usage') return this.byUsage(this.per.field, spender.usage);
    if (this.ofUsage.length > 0 && !this.matches(spender.usage)) return NOTHING;
    return this.per === null ? this.all : [this.counterOf(valueOfRequest(this.per, spender))];
  }

  /** The counter of a value. */
  counterOf(value: string | null): CountedValue {
    if (value === null) return this.all[0] as CountedValue;
    const place = this.counted + value;
    const known = knownCounters.get(place);
    if (known) return known;
    const counted = { counter: counterOf(this.budget, value), value };
    if (knownCounters.size >= KNOWN_COUNTERS_MAX) knownCounters.clear();
    knownCounters.set(place, counted);
    return counted;
  }

  private matches(usage: readonly Usage[]): boolean {
    return usage.length === 0 ? this.includes(undefined) : usage.some((one) => this.includes(one));
  }

  private byUsage(field: keyof Usage & string, usage: readonly Usage[]): readonly CountedValue[] {
    const counted = usage.filter((one) => this.includes(one)).map((one) => valueOfUsage(field, one));
    if (usage.length === 0 && this.includes(undefined)) counted.push(NO_VALUE);
    return [...new Set(counted)].map((value) => this.counterOf(value));
  }

  private includes(usage: Usage | undefined): boolean {
    return this.ofUsage.every(({ name, values }) => values.has(valueOfUsage(name.field, usage)));
  }
}

/** A bare name is a tag, except the four that a usage or the API key has; a tag by one of these is `tag.model`. */
function nameOf(name: string): Name {
  if (name === 'key') return { of: 'key' };
  const field = OF_USAGE.find((one) => one === name);
  if (field) return { of: 'usage', field };
  return { of: 'tag', tag: name.startsWith('tag.') ? name.slice('tag.'.length) : name };
}

function valueOfRequest(name: Exclude<Name, { of: 'usage' }>, { tags, keyId }: Spender): string {
  if (name.of === 'key') return keyId === null ? NO_VALUE : publicId('key', keyId);
  return valueOfTag(tags, name.tag);
}

function valueOfUsage(field: keyof Usage & string, usage: Usage | undefined): string {
  const value = usage?.[field];
  return typeof value === 'string' ? value : NO_VALUE;
}

/** A budget of another calendar counts anew; deleted and made again with the same one, it goes on. */
function counterOf({ name, period, anchor }: Budget, value: string | null): string {
  return hashedUuid(JSON.stringify(['budget', name, period, anchor, ...(value === null ? [] : [value])]));
}
