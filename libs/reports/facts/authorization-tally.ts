import { type Amount, ZERO } from '#amounts';
import type { UsageRecord } from '#ledger';
import type { FactSums } from './fact-sums.ts';
import { NIL_UUID } from './fact-sums.ts';
import type { SliceAuthorization } from './journal-slice.ts';
import { keptGroup } from './kept-name.ts';
import { addMeasures, noMeasures, noShared, SHARED, type Measures, type SharedSums } from './measures.ts';
import { shareOut } from '../share-out.ts';
import { quantitiesOf } from './quantities-of.ts';
import { addBooked, bookedIn, currencyOf, promotionalPart, type Booked, type StepTerms } from './step-money.ts';
import type { Step } from './steps.ts';
import { groupName, groupOf, weightsOf, type GroupWeight, type UsageGroup } from './usage-shares.ts';

/** What is known of an authorization from before a slice. */
export interface AuthorizationBefore {
  /** Whether anything of it was booked or stated before. */
  readonly hadRows: boolean;
  /** The usage in force: all that was stated since the last adjustment, that included. */
  readonly records: readonly UsageRecord[];
  /** What was booked in all; `null` where nobody asked for it, because all of its usage is in one group. */
  readonly booked: Booked | null;
}

export const NOTHING_BEFORE: AuthorizationBefore = { hadRows: false, records: [], booked: new Map() };

const PLACES = 12;

/**
 * Takes the steps of an authorization, one after the other, and adds what each of them changes. Credits and revenue are shared by
 * the usage that is in force after the step. Where that changes the shares, what earlier steps have booked moves along.
 */
export class AuthorizationTally {
  readonly #authorization: SliceAuthorization;
  readonly #terms: StepTerms;
  readonly #keyId: string;
  #hadRows: boolean;
  #records: readonly UsageRecord[];
  #weights: readonly GroupWeight[];
  #booked: Booked | null;
  #lastAt: number | null = null;

  constructor(authorization: SliceAuthorization, before: AuthorizationBefore, terms: StepTerms) {
    this.#authorization = authorization;
    this.#terms = terms;
    this.#keyId = authorization.keyId ?? NIL_UUID;
    this.#hadRows = before.hadRows;
    this.#records = before.records;
    this.#weights = weightsOf(before.records, authorization.usage);
    this.#booked = before.booked && new Map(before.booked);
  }

  /** What was booked up to the last step; `null` where it wasn't known before the first one. */
  get booked(): Booked | null {
    return this.#booked;
  }

  /** Whether its usage is in several groups now. */
  get isMixed(): boolean {
    return this.#weights.length > 1;
  }

  /** @returns what the step adds to the authorization as a whole, by currency */
  takeStep(step: Step, sums: FactSums): ReadonlyMap<string, Measures> {
    const replaced = step.records[0]?.kind === 'adjustment' ? this.#records : [];
    const records = replaced.length > 0 ? step.records : [...this.#records, ...step.records];
    const currency = currencyOf(step, this.#terms) || (replaced.find((one) => one.currency !== null)?.currency ?? '');
    const booked = bookedIn(step, currency, this.#terms);
    const whole = new Whole(sums, step.at, this.#keyId);
    this.#count(step, currency, whole);
    this.#addCosts({ added: step.records, replaced, booked, currency }, whole);
    const weights = step.records.length > 0 ? weightsOf(records, this.#authorization.usage) : this.#weights;
    this.#share(booked, weights, whole);
    this.#records = records;
    this.#weights = weights;
    this.#hadRows = true;
    this.#lastAt = step.at;
    return whole.measures;
  }

  /** The request is that of what was stated first. */
  #count(step: Step, currency: string, whole: Whole): void {
    const { usage, late, committedAt } = this.#authorization;
    const [named] = weightsOf([], usage);
    const group = step.records[0] ? groupOf(step.records[0].usage) : named?.group;
    if (!group) return;
    const isLate = late && step.at === committedAt && this.#lastAt !== committedAt;
    whole.add(group, currency, { requests: this.#hadRows ? 0 : 1, late: isLate ? 1 : 0 });
    if (!named) return;
    // Where nothing was stated, nothing tells what it has cost.
    if (!this.#hadRows && step.records.length === 0) whole.add(named.group, currency, { unknownCosts: 1 });
    else if (this.#hadRows && this.#records.length === 0 && step.records.length > 0)
      whole.add(named.group, currency, { unknownCosts: -1 });
  }

  #addCosts({ added, replaced, booked, currency }: CostsOfStep, whole: Whole): void {
    const { promotional, all } = promotionalPart(booked);
    const promotionalOf = (cost: Amount): Amount =>
      all.isZero() ? ZERO : cost.times(promotional).div(all).toDecimalPlaces(PLACES);
    for (const [records, sign] of [[replaced, -1] as const, [added, 1] as const]) {
      for (const record of records) {
        const group = groupOf(record.usage);
        const cost = (record.cost ?? ZERO).times(sign);
        const own = record.currency ?? currency;
        whole.add(group, own, { cost, promotionalCost: promotionalOf(cost) });
        const unknownCosts = record.cost === null ? sign : 0;
        whole.add(group, currency, { unknownCosts, unpriced: record.settlement === 'unpriced' ? sign : 0 });
        for (const { quantity, amount, credits, cost: part } of quantitiesOf(record)) {
          const change = { amount: amount.times(sign), credits: credits.times(sign), cost: part.times(sign) };
          whole.addQuantity(group, { quantity, currency: own, ...change });
        }
      }
    }
  }

  #share(booked: Booked, weights: readonly GroupWeight[], whole: Whole): void {
    for (const [currency, shared] of booked) whole.addToAll(currency, shared);
    const [only, ...others] = weights;
    if (only && others.length === 0 && this.#isAllIn(only.group)) {
      for (const [currency, shared] of booked) whole.addToGroup(only.group, currency, shared);
      if (this.#booked) addBooked(this.#booked, booked);
      return;
    }
    if (!this.#booked) throw new Error(`what was booked of the authorization ${this.#authorization.id} is missing`);
    const before = new Map(this.#booked);
    addBooked(this.#booked, booked);
    for (const [currency, shared] of this.#booked) {
      const earlier = before.get(currency);
      if (earlier) addShares(whole, currency, earlier, this.#weights, -1);
      addShares(whole, currency, shared, weights, 1);
    }
  }

  /** Whether nothing was booked to another group before. */
  #isAllIn(group: UsageGroup): boolean {
    if (!this.#hadRows) return true;
    const [only, ...others] = this.#weights;
    return only !== undefined && others.length === 0 && groupName(only.group) === groupName(group);
  }
}

interface CostsOfStep {
  readonly added: readonly UsageRecord[];
  readonly replaced: readonly UsageRecord[];
  readonly booked: Booked;
  readonly currency: string;
}

function addShares(
  whole: Whole,
  currency: string,
  sums: SharedSums,
  weights: readonly GroupWeight[],
  sign: 1 | -1,
): void {
  const amounts = weights.map(({ weight }) => weight);
  const parts = SHARED.map((measure) => shareOut(sums[measure], amounts));
  weights.forEach(({ group }, index) => {
    const change = noShared();
    SHARED.forEach((measure, place) => (change[measure] = (parts[place]?.[index] ?? ZERO).times(sign)));
    whole.addToGroup(group, currency, change);
  });
}

/** What a step changes: in the groups of its usage, and in all. */
class Whole {
  readonly measures = new Map<string, Measures>();

  constructor(
    private readonly sums: FactSums,
    private readonly at: number,
    private readonly keyId: string,
  ) {}

  add(group: UsageGroup, currency: string, change: Partial<Measures>): void {
    this.addToGroup(group, currency, change);
    this.addToAll(currency, change);
  }

  addToGroup(group: UsageGroup, currency: string, change: Partial<Measures>): void {
    this.sums.addUsage(this.at, keptGroup(group), this.keyId, currency, change);
  }

  addToAll(currency: string, change: Partial<Measures>): void {
    const measures = this.measures.get(currency) ?? noMeasures();
    addMeasures(measures, change);
    this.measures.set(currency, measures);
  }

  addQuantity(group: UsageGroup, change: Parameters<FactSums['addQuantity']>[3]): void {
    this.sums.addQuantity(this.at, keptGroup(group), this.keyId, change);
  }
}
