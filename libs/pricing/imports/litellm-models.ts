import { Amount, type Json, type JsonObject, ZERO } from '#amounts';
import type { ImportNote, ListedModel, ListedRate, PublishedList } from './listed-model.ts';

const ONE = new Amount(1);
const MILLION = new Amount(1_000_000);
const THOUSAND = new Amount(1000);

/** Fields that are for one of a quantity; amounts for tokens are written for a million, as everybody reads them. */
const QUANTITIES: Readonly<Record<string, string>> = {
  input_cost_per_token: 'input_tokens',
  cache_read_input_token_cost: 'cache_read_tokens',
  cache_creation_input_token_cost: 'cache_write_tokens',
  cache_creation_input_token_cost_above_1hr: 'cache_write_1h_tokens',
  input_cost_per_audio_token: 'input_audio_tokens',
  input_cost_per_image_token: 'input_image_tokens',
  output_cost_per_token: 'output_tokens',
  output_cost_per_reasoning_token: 'reasoning_tokens',
  output_cost_per_audio_token: 'output_audio_tokens',
  output_cost_per_image_token: 'output_image_tokens',
  output_cost_per_image: 'images',
  input_cost_per_request: 'requests',
  ocr_cost_per_page: 'pages',
};

interface Mode {
  readonly event: string;
  /** Fields that mean a quantity only here. */
  readonly quantities?: Readonly<Record<string, string>>;
}

const MODES: Readonly<Record<string, Mode>> = {
  chat: { event: 'chat.completed' },
  completion: { event: 'chat.completed' },
  responses: { event: 'chat.completed' },
  embedding: { event: 'embedding.created' },
  image_generation: { event: 'image.generated' },
  image_edit: { event: 'image.generated' },
  audio_transcription: { event: 'audio.transcribed', quantities: { input_cost_per_second: 'audio_seconds' } },
  audio_speech: { event: 'speech.generated', quantities: { input_cost_per_character: 'characters' } },
  video_generation: { event: 'video.generated', quantities: { output_cost_per_second: 'video_seconds' } },
  realtime: { event: 'realtime.responded' },
  rerank: { event: 'rerank.completed', quantities: { input_cost_per_query: 'search_units' } },
  moderation: { event: 'moderation.completed' },
  ocr: { event: 'document.read' },
};

/** Providers as usage names them, and whether they make the models that they sell. */
const PROVIDERS: Readonly<Record<string, { readonly name: string; readonly isMaker: boolean }>> = {
  anthropic: { name: 'anthropic', isMaker: true },
  azure_ai: { name: 'azure', isMaker: false },
  bedrock_converse: { name: 'bedrock', isMaker: false },
  cohere: { name: 'cohere', isMaker: true },
  cohere_chat: { name: 'cohere', isMaker: true },
  deepseek: { name: 'deepseek', isMaker: true },
  gemini: { name: 'google', isMaker: true },
  mistral: { name: 'mistral', isMaker: true },
  moonshot: { name: 'moonshot', isMaker: true },
  openai: { name: 'openai', isMaker: true },
  'text-completion-openai': { name: 'openai', isMaker: true },
  together_ai: { name: 'together', isMaker: false },
  voyage: { name: 'voyage', isMaker: true },
  xai: { name: 'xai', isMaker: true },
};

/** The models of LiteLLM's `model_prices_and_context_window.json`. `null` where it isn't such a file. */
export function litellmModels(json: Json): PublishedList | null {
  if (!isObject(json)) return null;
  const entries = Object.entries(json).filter(([label]) => label !== 'sample_spec');
  const read = entries.map(([label, entry]) => (isObject(entry) ? readModel(label, entry) : null));
  const known = read.filter((one) => one !== null);
  if (known.length < read.length) return null;
  return { models: known.flatMap(({ listed }) => listed ?? []), notes: known.flatMap(({ notes }) => notes) };
}

interface ReadModel {
  readonly listed: ListedModel | null;
  readonly notes: readonly ImportNote[];
}

function readModel(label: string, entry: JsonObject): ReadModel {
  const { mode: kind = 'chat', litellm_provider: named = 'unknown', max_output_tokens: maxOutput } = entry;
  const seller = sellerOf(typeof named === 'string' ? named : 'unknown');
  const { providers, isMaker } = seller;
  const note = (text: string, isLeftOut: boolean): ImportNote => ({ model: label, providers, note: text, isLeftOut });
  const mode = typeof kind === 'string' ? MODES[kind] : undefined;
  if (!mode) return { listed: null, notes: [note(`is of a kind that has no event: ${JSON.stringify(kind)}`, true)] };
  const { rates, others } = ratesOf(entry, mode);
  if (rates.every(({ amount }) => amount.isZero())) {
    const why = others.length === 0 ? 'has no price in the list' : 'has only prices that a rate card doesn’t take: ';
    return { listed: null, notes: [note(why + others.join(', '), true)] };
  }
  const listed: ListedModel = {
    ...{ label, providers, isMaker, event: mode.event, rates },
    // A * stands for any region, and a rate card takes one at the end only.
    names: [...new Set([seller.plain(label), label])].filter((name) => !name.includes('*')),
    prefixes: [],
    multipliers: [],
    maxOutputTokens: Number.isSafeInteger(maxOutput) && Number(maxOutput) > 0 ? Number(maxOutput) : null,
  };
  const untaken = note(`has prices that aren’t taken: ${others.join(', ')}`, false);
  return { listed, notes: others.length > 0 ? [untaken] : [] };
}

interface Seller {
  /** What usage may name as its provider. */
  readonly providers: readonly string[];
  readonly isMaker: boolean;
  /** The name of a model without that of the seller. */
  readonly plain: (label: string) => string;
}

function sellerOf(named: string): Seller {
  const known = named.startsWith('vertex_ai') ? { name: 'vertex', isMaker: false } : PROVIDERS[named];
  const { name, isMaker } = known ?? { name: named, isMaker: false };
  const plain = (label: string): string => (label.startsWith(`${named}/`) ? label.slice(named.length + 1) : label);
  return { providers: [...new Set([name, named])], isMaker, plain };
}

interface ReadRates {
  readonly rates: readonly ListedRate[];
  /** Fields of costs that weren't taken. */
  readonly others: readonly string[];
}

function ratesOf(entry: JsonObject, { quantities = {} }: Mode): ReadRates {
  const costs = Object.entries(entry).filter(([field]) => /(_cost_per_|_cost$|_cost_above_)/.test(field));
  // The same price is often said for an image and for its tokens. Both would be charged.
  const isByToken = costs.some(
    ([field]) => field === 'output_cost_per_token' || field === 'output_cost_per_image_token',
  );
  const rates = costs.flatMap(([field, cost]) => {
    const quantity = quantities[field] ?? QUANTITIES[field];
    if (quantity === undefined || typeof cost !== 'number' || (quantity === 'images' && isByToken)) return [];
    return [{ field, quantity, cost }];
  });
  const taken = new Set(rates.map(({ field }) => field));
  const listed = rates.map(({ field, quantity, cost }): ListedRate => {
    const per = quantity.endsWith('_tokens') ? MILLION : ONE;
    const aboveContext = costs.flatMap(([other, above]) => {
      const [, base, thousands] = /^(.+)_above_(\d+)k_tokens$/.exec(other) ?? [];
      if (base !== field || typeof above !== 'number') return [];
      taken.add(other);
      return [{ inputTokens: THOUSAND.times(thousands ?? 0), amount: exactly(above).times(per) }];
    });
    aboveContext.sort((a, b) => a.inputTokens.comparedTo(b.inputTokens));
    return { quantity, per, amount: exactly(cost).times(per), aboveContext, minimum: ZERO };
  });
  const others = costs
    .filter(([field, cost]) => !taken.has(field) && cost !== 0 && cost !== null)
    .map(([field]) => field);
  return { rates: listed, others };
}

/** The shortest text of a float is what its author wrote. */
function exactly(float: number): Amount {
  return new Amount(String(float));
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
