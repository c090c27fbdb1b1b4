import { type Json, type JsonObject, parseAmount } from '#amounts';
import { ReplayError } from './replay-error.ts';
import type { TokenPrices } from './token-prices.ts';

/** The rate card that prices a replay. */
export interface ReplayCard {
  readonly unit: string;
  /** As the service gets them. */
  readonly prices: readonly Json[];
  /** What the requests of the trace are spread over. */
  readonly models: readonly TokenPrices[];
}

/** Where no card is given: models of three vendors, each at prices of its own. */
export const USUAL_CARD: ReplayCard = cardOf('credits', [
  usualPrice('claude-sonnet-4-5', '4', '20'),
  usualPrice('gpt-5-mini', '0.4', '3'),
  usualPrice('gemini-2.5-flash', '0.5', '4'),
]);

function usualPrice(model: string, input: string, output: string): Json {
  const components = [
    { quantity: 'input_tokens', amount: input, per: '1000000' },
    { quantity: 'output_tokens', amount: output, per: '1000000' },
  ];
  return { event: 'chat.completed', match: { model }, components };
}

/**
 * Reads a rate card as `POST /v1/rate-cards` takes it, or its prices alone. A replay works out for itself what every customer
 * must pay, so each price must be for named models, and by the token.
 *
 * @param name how messages call the file
 * @throws ReplayError naming what it can't recompute
 */
export function readReplayCard(text: string, name: string): ReplayCard {
  try {
    const json = JSON.parse(text) as unknown;
    if (Array.isArray(json)) return cardOf('credits', json as Json[]);
    const { unit = 'credits', prices } = fieldsOf(json as Json, 'the card');
    return cardOf(textOf(unit, 'unit'), listOf(prices, 'prices'));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ReplayError)) throw error;
    throw new ReplayError(`${name} isn't a rate card to replay by: ${error.message}`, { cause: error });
  }
}

function cardOf(unit: string, prices: readonly Json[]): ReplayCard {
  const models = prices.flatMap((price, index) => tokenPrices(price, `prices[${index}]`));
  const names = models.map(({ event, model }) => `${model ?? 'any model'} of ${event}`);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) throw new ReplayError(`two prices name ${twice}; name each model once.`);
  if (models.length === 0) throw new ReplayError('it has no prices.');
  return { unit, prices, models };
}

function tokenPrices(price: Json, path: string): TokenPrices[] {
  const { event, match = {}, components, ...others } = fieldsOf(price, path);
  refuseOthers(others, path);
  const { model, ...otherNames } = fieldsOf(match, `${path}.match`);
  refuseOthers(otherNames, `${path}.match`);
  const amounts = new Map(
    listOf(components, `${path}.components`).map((one, index) => tokenAmount(one, `${path}.components[${index}]`)),
  );
  const [input, output] = ['input_tokens', 'output_tokens'].map((quantity) => amounts.get(quantity));
  if (input === undefined || output === undefined || amounts.size > 2)
    throw new ReplayError(`${path} must price input_tokens and output_tokens, and nothing else.`);
  return modelsOf(model, `${path}.match.model`).map((one) => ({
    event: textOf(event, `${path}.event`),
    model: one,
    input,
    output,
  }));
}

/** The models that a price names; of a prefix, what it begins with, and where it is for any, a name that no vendor uses. */
function modelsOf(model: Json | undefined, path: string): (string | null)[] {
  if (model === undefined) return [null];
  return [model].flat().map((one) => textOf(one, path).replace(/\*$/, '') || 'any');
}

function tokenAmount(component: Json, path: string): [string, bigint] {
  const { quantity, amount, per = '1', pricing = 'per_unit', ...others } = fieldsOf(component, path);
  refuseOthers(pricing === 'per_unit' ? others : { pricing, ...others }, path);
  const [whole, units] = [parseAmount(amount), parseAmount(textOf(per, `${path}.per`))];
  if (!whole || !units?.gt(0)) throw new ReplayError(`${path} must have an amount, and units above 0 as per.`);
  const each = whole.times('1e12').dividedBy(units);
  if (!each.isInteger()) throw new ReplayError(`${path} must cost a whole number of 10^-12 for each token.`);
  return [textOf(quantity, `${path}.quantity`), BigInt(each.toFixed())];
}

function refuseOthers(fields: Partial<JsonObject>, path: string): void {
  // The most output is the replay's own.
  const field = Object.keys(fields).find((name) => name !== 'max_output_tokens');
  if (field !== undefined)
    throw new ReplayError(
      `a replay can't recompute prices with ${path}.${field}. Give amounts per token of each model.`,
    );
}

function textOf(json: Json | undefined, path: string): string {
  if (typeof json === 'string' || typeof json === 'number') return String(json);
  throw new ReplayError(`${path} must be a text.`);
}

function fieldsOf(json: Json, path: string): Partial<JsonObject> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw new ReplayError(`${path} must be an object.`);
}

function listOf(json: Json | undefined, path: string): readonly Json[] {
  if (Array.isArray(json)) return json as Json[];
  throw new ReplayError(`${path} must be a list.`);
}
