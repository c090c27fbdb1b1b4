import type { JsonObject } from '#amounts';
import {
  countAt,
  firstCount,
  hasCount,
  objectAt,
  objectsAt,
  readableCountAt,
  requiredCountAt,
  sum,
  textAt,
} from '../json.ts';
import type { Piece } from '../pieces.ts';
import { tierProperties } from '../service-tier.ts';
import type { Draft, Shape } from '../shape.ts';
import { statedCost } from '../vendor-cost.ts';
import { groqModels, groqSearches, groqStreamSearches } from './groq-compound.ts';
import { kindOfAnswer } from './kind-of-answer.ts';

/**
 * `prompt_tokens` and `completion_tokens`, as in OpenAI's chat completions and the many that follow them. Input includes
 * what was cached; output includes reasoning, but for xAI and Gemini, where only the total does.
 */
export const openAiChat: Shape = {
  looksFor: 'usage.prompt_tokens and usage.completion_tokens (OpenAI chat and compatible)',
  claims: ({ value }) => usageOf(value) !== null,
  read: (pieces, { vendor, all }) => {
    const around = { vendor, model: firstModel(all), searches: groqStreamSearches(all) };
    return [...lastOfEach(pieces).values()].flatMap((piece) => readAnswer(piece, around));
  },
};

/** What stands beside the usage, in other events of the stream. */
interface Around {
  readonly vendor: string;
  readonly model: string | null;
  readonly searches: number | null;
}

/** Streams may repeat their usage, each time grown: the last one counts. */
function lastOfEach(pieces: readonly Piece[]): ReadonlyMap<string, Piece> {
  // The steps of an assistant's run are counted in the run.
  const hasRun = pieces.some(({ value }) => value['object'] === 'thread.run');
  const counted = hasRun ? pieces.filter(({ value }) => value['object'] !== 'thread.run.step') : pieces;
  return new Map(counted.map((piece, index) => [textAt(piece.value, 'id') ?? keyWithoutId(piece, index), piece]));
}

function keyWithoutId({ value }: Piece, index: number): string {
  const isChunk =
    textAt(value, 'object')?.endsWith('.chunk') === true || 'delta' in (objectsAt(value, 'choices')[0] ?? {});
  return isChunk ? 'the stream' : String(index);
}

/** Where vendors put it: at the top, under `x_groq`, in a choice (Kimi's streams); or it was sent alone. */
function usageOf(value: JsonObject): JsonObject | null {
  const [choice = {}] = objectsAt(value, 'choices');
  const places = [objectAt(value, 'usage'), objectAt(value, 'x_groq', 'usage'), objectAt(choice, 'usage'), value];
  return places.find((usage) => usage !== null && isUsage(usage)) ?? null;
}

function isUsage(usage: JsonObject): boolean {
  if (countAt(usage, 'prompt_tokens') !== null || countAt(usage, 'completion_tokens') !== null) return true;
  // Voyage AI and others count nothing but a total for what only reads.
  return hasCount(usage, 'total_tokens') && firstCount(usage, 'input_tokens', 'output_tokens', 'tokens') === null;
}

function readAnswer({ value }: Piece, around: Around): readonly Draft[] {
  const usage = usageOf(value) ?? {};
  const models = groqModels(value, usage);
  const each = models ?? [{ model: textAt(value, 'model') ?? textAt(value, 'model_id') ?? around.model, usage }];
  return each.map(({ model, usage: part }, index) => {
    const { output, reasoning, assumed } = outputOf(part, completionOf(value, part), model ?? '', around.vendor);
    const input = sum(inputOf(part), countAt(part, 'connector_tokens'));
    return {
      event: kindOfAnswer(value, output !== null && output !== 0),
      model,
      quantities: {
        input_tokens: input,
        ...inputParts(part),
        output_tokens: output,
        reasoning_tokens: reasoning,
        ...outputParts(part),
        ...(index === 0 ? others(value, usage, around) : {}),
      },
      properties: { ...tierProperties(value['service_tier'] ?? usage['service_tier']), ...special(usage) },
      cost: index === 0 ? statedCost(usage) : null,
      assumed:
        models && index === 0 ? ['the models of a compound answer are counted apart, by its breakdown'] : assumed,
    };
  });
}

function firstModel(all: readonly Piece[]): string | null {
  const piece = all.find(({ value }) => textAt(value, 'model') !== null);
  return piece ? textAt(piece.value, 'model') : null;
}

/** Where nothing but a total is counted, that is all input. */
function inputOf(usage: JsonObject): number | null {
  const total = countAt(usage, 'completion_tokens') === null ? countAt(usage, 'total_tokens') : null;
  return countAt(usage, 'prompt_tokens') ?? total ?? requiredCountAt(usage, 'prompt_tokens');
}

function inputParts(usage: JsonObject): Record<string, number | null> {
  const details = objectAt(usage, 'prompt_tokens_details') ?? objectAt(usage, 'prompt_token_details') ?? {};
  return {
    cache_read_tokens:
      countAt(details, 'cached_tokens') ??
      firstCount(usage, 'prompt_cache_hit_tokens', 'cached_tokens', 'num_cached_tokens', 'cached_prompt_text_tokens'),
    cache_write_tokens: firstCount(details, 'cache_write_tokens', 'cache_creation_tokens'),
    cache_read_audio_tokens: countAt(details, 'cached_tokens_details', 'audio_tokens'),
    input_audio_tokens: countAt(details, 'audio_tokens'),
    input_image_tokens: countAt(details, 'image_tokens') ?? countAt(usage, 'prompt_image_tokens'),
    input_video_tokens: countAt(details, 'video_tokens'),
  };
}

function outputParts(usage: JsonObject): Record<string, number | null> {
  const details = objectAt(usage, 'completion_tokens_details') ?? {};
  return {
    output_audio_tokens: countAt(details, 'audio_tokens'),
    output_image_tokens: countAt(details, 'image_tokens'),
  };
}

interface Output {
  readonly output: number | null;
  readonly reasoning: number | null;
  readonly assumed: readonly string[];
}

/** What only reads has no completion to count. */
function completionOf(answer: JsonObject, usage: JsonObject): number | null {
  const isWritten = kindOfAnswer(answer, true) === 'chat.completed';
  return isWritten ? requiredCountAt(usage, 'completion_tokens') : countAt(usage, 'completion_tokens');
}

/** All output, reasoning included, wherever the vendor counts it. */
function outputOf(usage: JsonObject, completion: number | null, model: string, vendor: string): Output {
  const reasoning =
    countAt(usage, 'completion_tokens_details', 'reasoning_tokens') ?? countAt(usage, 'reasoning_tokens');
  if (completion === null) return { output: reasoning, reasoning, assumed: [] };
  // Perplexity's deep research bills reasoning beside the completion, and leaves it out of the total too.
  if (hasCount(usage, 'citation_tokens')) return { output: completion + (reasoning ?? 0), reasoning, assumed: [] };
  const total = readableCountAt(usage, 'total_tokens');
  const beyond = total === null ? 0 : total - (countAt(usage, 'prompt_tokens') ?? 0) - completion;
  const alike = /gemini|grok/i.test(model) || ['google', 'vertex', 'xai'].includes(vendor);
  if (beyond > 0 && (beyond === reasoning || (alike && countAt(usage, 'connector_tokens') === null))) {
    const assumed = beyond === reasoning ? [] : ['tokens that only the total counts are taken as reasoning'];
    return { output: completion + beyond, reasoning: beyond, assumed };
  }
  if (total === null && vendor === 'xai' && reasoning !== null && reasoning !== 0) {
    return { output: completion + reasoning, reasoning, assumed: ['reasoning is taken as outside completion_tokens'] };
  }
  return { output: completion, reasoning, assumed: [] };
}

/** What is billed beside tokens. */
function others(value: JsonObject, usage: JsonObject, around: Around): Record<string, number | null> {
  const tools = objectAt(usage, 'server_side_tool_usage_details') ?? {};
  return {
    web_searches:
      firstCount(
        usage,
        'server_tool_use.web_search_requests',
        'server_tool_use_details.web_search_requests',
        'num_search_queries',
        'connectors.web_search',
      ) ??
      countAt(tools, 'web_search_calls') ??
      xaiSearches(usage) ??
      groqSearches(value) ??
      around.searches ??
      searchOfModel(value),
    x_searches: countAt(tools, 'x_search_calls'),
    file_searches: firstCount(tools, 'file_search_calls', 'document_search_calls', 'collections_search_calls'),
    code_executions: countAt(tools, 'code_interpreter_calls'),
    search_sources: countAt(usage, 'num_sources_used'),
    citation_tokens: countAt(usage, 'citation_tokens'),
    audio_seconds: countAt(usage, 'prompt_audio_seconds'),
    image_pixels: countAt(usage, 'image_pixels'),
  };
}

/** OpenAI's search models search once for each request, and say nothing of it. */
function searchOfModel(value: JsonObject): number | null {
  return /-search-(?:preview|api)/.test(textAt(value, 'model') ?? '') ? 1 : null;
}

/** xAI's gRPC answers list a tool for each kind used. */
function xaiSearches(usage: JsonObject): number | null {
  const used = usage['server_side_tools_used'];
  return Array.isArray(used) ? used.filter((tool) => tool === 'SERVER_SIDE_TOOL_WEB_SEARCH').length : null;
}

function special(usage: JsonObject): JsonObject {
  const size = textAt(usage, 'search_context_size');
  return { ...(usage['is_byok'] === true && { byok: true }), ...(size && { search_context_size: size }) };
}
