import { Amount, type Json, type JsonObject } from '#amounts';

/** What became of an amount. `null`: it wasn't there, or isn't any more. */
export interface AmountChange {
  readonly quantity: string;
  readonly from: string | null;
  readonly to: string | null;
  /** Of the former amount, to one decimal, half-even; `null` where there was none, or 0. */
  readonly percent: string | null;
}

export interface PriceChange {
  /** What it is for: an event, a model and whatever else must match. */
  readonly subject: string;
  readonly amounts: readonly AmountChange[];
  /** Whether more than plain amounts changed: tiers, multipliers, what is included or assumed. */
  readonly hasOtherChanges: boolean;
}

export interface PricesDiff {
  readonly added: readonly PriceChange[];
  readonly removed: readonly PriceChange[];
  readonly changed: readonly PriceChange[];
  readonly unchanged: number;
}

/** What changes from one version of a card to the next, model by model. */
export function diffPrices(before: readonly JsonObject[], after: readonly JsonObject[]): PricesDiff {
  const old = bySubject(before);
  const fresh = bySubject(after);
  const changes = [...fresh].flatMap(([subject, price]) => {
    const former = old.get(subject);
    return former ? [changeOf(subject, former, price)] : [];
  });
  const changed = changes.filter(({ amounts, hasOtherChanges }) => amounts.length > 0 || hasOtherChanges);
  return {
    added: [...fresh]
      .filter(([subject]) => !old.has(subject))
      .map(([subject, price]) => changeOf(subject, null, price)),
    removed: [...old]
      .filter(([subject]) => !fresh.has(subject))
      .map(([subject, price]) => changeOf(subject, price, null)),
    changed,
    unchanged: changes.length - changed.length,
  };
}

/** A list of models is a subject each: they may be listed together in one version and apart in the next. */
function bySubject(prices: readonly JsonObject[]): Map<string, JsonObject> {
  return new Map(
    prices.flatMap((price) => {
      const { model, ...others } = objectOf(price['match']);
      const models = Array.isArray(model) ? (model as readonly Json[]) : [model];
      return models.map((one) => [subjectOf(price['event'], one, others), price] as const);
    }),
  );
}

function subjectOf(event: Json | undefined, model: Json | undefined, others: JsonObject): string {
  const conditions = Object.keys(others)
    .sort()
    .map((name) => `${name} ${textOf(others[name])}`);
  const details = [textOf(event), ...conditions].join(', ');
  return model === undefined ? details : `${textOf(model)} (${details})`;
}

function changeOf(subject: string, from: JsonObject | null, to: JsonObject | null): PriceChange {
  const before = componentsOf(from);
  const after = componentsOf(to);
  const quantities = [...new Set([...after.keys(), ...before.keys()])];
  const amounts = quantities.flatMap((name) => amountChange(name, before.get(name), after.get(name)) ?? []);
  return { subject, amounts, hasOtherChanges: from !== null && to !== null && otherTerms(from) !== otherTerms(to) };
}

function amountChange(
  quantity: string,
  before: JsonObject | undefined,
  after: JsonObject | undefined,
): AmountChange | null {
  const from = statedAmount(before);
  const to = statedAmount(after);
  if (from === to) return null;
  const former = plainAmount(before);
  const latter = plainAmount(after);
  const isComparable = former !== null && latter !== null && before?.['per'] === after?.['per'] && !former.isZero();
  const percent = isComparable ? latter.minus(former).div(former).times(100).toDecimalPlaces(1).toFixed() : null;
  return { quantity, from, to, percent };
}

/** `2.5 per 1000000` */
function statedAmount(component: JsonObject | undefined): string | null {
  const amount = component?.['amount'];
  if (typeof amount !== 'string') return null;
  return component?.['per'] === undefined ? amount : `${amount} per ${textOf(component['per'])}`;
}

function plainAmount(component: JsonObject | undefined): Amount | null {
  const amount = component?.['amount'];
  return typeof amount === 'string' ? new Amount(amount) : null;
}

const COMPARED_APART: ReadonlySet<string> = new Set(['amount', 'per', 'quantity', 'components', 'event', 'match']);

const NOTHING = '{}';

/** All but amounts and what they are for, in one order whatever that of the fields is. */
function otherTerms(price: JsonObject): string {
  const components = [...componentsOf(price)].map(([quantity, component]) => [quantity, restOf(component)] as const);
  const special = components.filter(([, rest]) => rest !== NOTHING).map((both) => both.join(' '));
  return [restOf(price), ...special.sort()].join('\n');
}

function restOf(json: JsonObject): string {
  const rest = Object.entries(json).filter(([name]) => !COMPARED_APART.has(name));
  return JSON.stringify(inOrder(Object.fromEntries(rest)));
}

function inOrder(json: Json): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map(inOrder);
  if (typeof json !== 'object' || json === null) return json;
  const names = Object.keys(json).sort();
  return Object.fromEntries(names.map((name) => [name, inOrder(objectOf(json)[name] ?? null)]));
}

function componentsOf(price: JsonObject | null): Map<string, JsonObject> {
  const components = price?.['components'];
  const list = Array.isArray(components) ? (components as readonly Json[]).map(objectOf) : [];
  return new Map(list.map((component) => [textOf(component['quantity']), component]));
}

function objectOf(json: Json | undefined): JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as JsonObject) : {};
}

function textOf(json: Json | undefined): string {
  return typeof json === 'string' ? json : JSON.stringify(json ?? null);
}
