import type { ModelInfo, Provider } from '@pydantic/genai-prices';
import { type DatedPrices, datedPrices } from '../costs/dated-prices.ts';
import type { ExactPrices, ExactRate } from '../costs/exact-prices.ts';
import { findModel, nameMatches } from '../costs/model-names.ts';
import { dailyMultipliers } from './daily-multipliers.ts';
import { eventOfModel } from './event-of-model.ts';
import type { ImportNote, ListedModel, ListedMultiplier, ListedRate, PublishedList } from './listed-model.ts';
import { namesOfModel } from './names-of-model.ts';

/** What usage names as the provider, where the list calls it otherwise. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  aws: ['bedrock'],
  google: ['vertex'],
  moonshotai: ['moonshot'],
  voyageai: ['voyage'],
  'x-ai': ['xai'],
};

/** The models of genai-prices, with what they cost at an instant. */
export async function genaiModels(at: number): Promise<PublishedList> {
  const { waitForUpdate } = await import('@pydantic/genai-prices');
  const providers = (await waitForUpdate()) ?? [];
  const read = providers.flatMap((provider) =>
    provider.models.map((model) => readModel(providers, provider, model, at)),
  );
  return { models: read.flatMap(({ listed }) => listed ?? []), notes: read.flatMap(({ notes }) => notes) };
}

interface ReadModel {
  readonly listed: ListedModel | null;
  readonly notes: readonly ImportNote[];
}

function readModel(providers: readonly Provider[], provider: Provider, model: ModelInfo, at: number): ReadModel {
  const label = `${provider.id}/${model.id}`;
  const sellers = [provider.id, ...(OTHER_NAMES[provider.id] ?? [])];
  const dated = datedPrices(provider.id, model);
  const steady = steadyIndex(dated, at);
  const prices = dated[steady]?.prices;
  const fault = prices ? faultOf(prices) : 'has no price in the list';
  if (!prices || fault !== null)
    return { listed: null, notes: [{ model: label, providers: sellers, note: fault ?? '', isLeftOut: true }] };
  const daily = dailyMultipliers(
    prices,
    dated.slice(steady + 1).filter((one) => one.daily !== null),
  );
  const { names, prefixes, others } = namesOfModel(model.match);
  // Where an earlier model of the list takes a name, the list doesn't mean this one by it.
  const isFound = (name: string): boolean => findModel(providers, provider, name.toLowerCase()) === model;
  const listed: ListedModel = {
    label,
    providers: sellers,
    isMaker: isMaker(providers, provider, model),
    names: names.filter(isFound),
    prefixes: prefixes.filter(isFound),
    event: eventOfModel(
      model.id,
      prices.map(({ quantity }) => quantity),
    ),
    rates: daily.prices.filter((rate) => !isFiner(rate) && rate.quantity !== 'annotated_pages').map(listedRate),
    multipliers: [...daily.multipliers, ...annotationMultipliers(daily.prices)],
    maxOutputTokens: null,
  };
  const notes = [
    ...others.map((other) => `is matched by its plain names, but not ${other}`),
    ...laterChanges(dated, at).map((day) => `costs otherwise from ${day} on: import it again then`),
    ...(daily.isDearest ? ['costs less at some hours, and not by one factor: it has the prices of the dearest'] : []),
    ...(prices.some(isFiner) ? ['has cached audio or images cost like cached text'] : []),
  ];
  return { listed, notes: notes.map((note) => ({ model: label, providers: sellers, note, isLeftOut: false })) };
}

/** Whether usage without a provider means this one: others that sell the model don't say that their names are theirs. */
function isMaker(providers: readonly Provider[], provider: Provider, { id }: ModelInfo): boolean {
  const first = providers.find(({ model_match }) => model_match && nameMatches(model_match, id.toLowerCase()));
  return first ? first === provider : provider.model_match !== undefined;
}

/** Of the prices that hold whatever the hour. */
function steadyIndex(dated: readonly DatedPrices[], at: number): number {
  return Math.max(
    0,
    dated.findLastIndex(({ from, daily }) => daily === null && (from === null || from <= at)),
  );
}

function laterChanges(dated: readonly DatedPrices[], at: number): string[] {
  return dated.flatMap(({ from }) => (from !== null && from > at ? [new Date(from).toISOString().slice(0, 10)] : []));
}

function faultOf(prices: ExactPrices): string | null {
  const isVideo = prices.some(({ quantity }) => quantity === 'output_video_tokens');
  return isVideo ? 'has a price for video in its output, which a rate card has no name for' : null;
}

/** Whether it is a part of a part, which rate cards don't tell apart. */
function isFiner({ quantity }: ExactRate): boolean {
  return quantity === 'cache_read_audio_tokens' || quantity === 'cache_read_image_tokens';
}

/** A document that was annotated as well costs more, by a factor that a rate card multiplies by. */
function annotationMultipliers(prices: ExactPrices): ListedMultiplier[] {
  const plain = prices.find(({ quantity }) => quantity === 'pages');
  const annotated = prices.find(({ quantity }) => quantity === 'annotated_pages');
  return plain && annotated ? [{ match: { annotated: true }, by: annotated.amount.div(plain.amount) }] : [];
}

function listedRate({ quantity, per, amount, aboveContext, least }: ExactRate): ListedRate {
  return { quantity, per, amount, aboveContext, minimum: least.times(amount).div(per) };
}
