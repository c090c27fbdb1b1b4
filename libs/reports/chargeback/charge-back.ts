import { Amount, ZERO } from '#amounts';
import type { ChargebackSplit } from '#ledger-store';
import { NONE, OTHER } from '../facts/tag-value.ts';
import { shareOut } from '../share-out.ts';

const UNALLOCATED = '(unallocated)';
/** Usage without the tag, and that of values beyond those that are kept apart: nobody can be charged for it by name. */
const NO_CENTRE: ReadonlySet<string> = new Set(['', NONE, OTHER, UNALLOCATED]);
const HUNDRED = new Amount(100);
const PLACES = 12;

/** What a value of a tag, or of accounts' metadata, used: an amount of at most 12 decimal places. */
export interface CentreUsage {
  readonly value: string;
  readonly amount: Amount;
}

export interface ChargebackRow {
  readonly centre: string;
  /** What it used itself. */
  readonly direct: Amount;
  /** What it bears of shared usage; negative where its own usage is shared. */
  readonly shared: Amount;
  readonly markup: Amount;
  /** All of these. */
  readonly total: Amount;
}

/**
 * Charges usage to cost centres: in the order of their names, and `(unallocated)` last. Direct and shared parts together are
 * what was used, to the last digit. `(unallocated)` bears what no cost centre does, without a mark-up.
 */
export function chargeBack(split: ChargebackSplit, usage: readonly CentreUsage[]): readonly ChargebackRow[] {
  const direct = directOf(usage);
  const taken = new Map<string, Amount>();
  let pool = ZERO;
  for (const [value, amount] of sharedOf(split, usage)) {
    const centre = centreOf(value);
    taken.set(centre, (taken.get(centre) ?? ZERO).minus(amount));
    pool = pool.plus(amount);
  }
  const bearers = bearersOf(split, direct);
  const parts = shareOut(
    pool,
    bearers.map(({ weight }) => weight),
  );
  bearers.forEach(({ centre }, index) => {
    taken.set(centre, (taken.get(centre) ?? ZERO).plus(parts[index] ?? ZERO));
  });
  const centres = [...new Set([...direct.keys(), ...taken.keys()])].filter((centre) => centre !== UNALLOCATED);
  return rowsOf(split, [...centres.sort(byName), UNALLOCATED], direct, taken);
}

function rowsOf(
  { markup }: ChargebackSplit,
  centres: readonly string[],
  direct: ReadonlyMap<string, Amount>,
  taken: ReadonlyMap<string, Amount>,
): readonly ChargebackRow[] {
  let charged = ZERO;
  let marked = ZERO;
  return centres.map((centre) => {
    const own = direct.get(centre) ?? ZERO;
    const shared = taken.get(centre) ?? ZERO;
    if (centre !== UNALLOCATED) charged = charged.plus(own).plus(shared);
    // Rounded together with those before it, so that all mark-ups are that of all that is charged.
    const upTo = charged.times(markup).toDecimalPlaces(PLACES);
    const added = upTo.minus(marked);
    marked = upTo;
    return { centre, direct: own, shared, markup: added, total: own.plus(shared).plus(added) };
  });
}

function directOf(usage: readonly CentreUsage[]): ReadonlyMap<string, Amount> {
  const direct = new Map<string, Amount>();
  for (const { value, amount } of usage) {
    const centre = centreOf(value);
    direct.set(centre, (direct.get(centre) ?? ZERO).plus(amount));
  }
  return direct;
}

function sharedOf({ shared }: ChargebackSplit, usage: readonly CentreUsage[]): readonly (readonly [string, Amount])[] {
  const values = new Set(shared);
  return usage.filter(({ value }) => values.has(nameOf(value))).map(({ value, amount }) => [value, amount]);
}

interface Bearer {
  readonly centre: string;
  readonly weight: Amount;
}

/** Who bears what is shared, in the order of their names. */
function bearersOf(split: ChargebackSplit, direct: ReadonlyMap<string, Amount>): readonly Bearer[] {
  const { method, percents, shared } = split;
  if (method === 'fixed') {
    const named = [...percents]
      .sort(([a], [b]) => byName(a, b))
      .map(([centre, weight]) => ({ centre: centreOf(centre), weight }));
    const sum = named.reduce((all, { weight }) => all.plus(weight), ZERO);
    return sum.gte(HUNDRED) ? named : [...named, { centre: UNALLOCATED, weight: HUNDRED.minus(sum) }];
  }
  const isShared = new Set(shared);
  const centres = [...direct].filter(([centre]) => centre !== UNALLOCATED && !isShared.has(centre));
  const bearers = centres
    .map(([centre, own]) => ({ centre, weight: method === 'even' ? new Amount(1) : own }))
    // Whoever used nothing, or got more back than it used, bears nothing in proportion to it.
    .filter(({ weight }) => weight.gt(0))
    .sort((a, b) => byName(a.centre, b.centre));
  return bearers.length > 0 ? bearers : [{ centre: UNALLOCATED, weight: new Amount(1) }];
}

function centreOf(value: string): string {
  return NO_CENTRE.has(value) ? UNALLOCATED : value;
}

function nameOf(value: string): string {
  return value === '' ? NONE : value;
}

/** By code units, which is the same order in every locale. */
function byName(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
