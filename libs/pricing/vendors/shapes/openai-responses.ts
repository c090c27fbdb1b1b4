import type { JsonObject } from '#amounts';
import { countAt, firstCount, hasCount, objectAt, objectsAt, requiredCountAt, sum, textAt } from '../json.ts';
import type { Piece } from '../pieces.ts';
import { tierProperties } from '../service-tier.ts';
import type { Draft, Shape } from '../shape.ts';
import { statedCost } from '../vendor-cost.ts';

/** `input_tokens` and `output_tokens` with cached and reasoning tokens inside: OpenAI's Responses, and its batches. */
export const openAiResponses: Shape = {
  looksFor: 'usage.input_tokens with input_tokens_details, in a response or its response.completed event',
  claims: ({ value }) => usageOf(value) !== null,
  read: (pieces, { all }) => {
    const answers = new Map(
      pieces.map((piece, index) => [textAt(responseOf(piece.value), 'id') ?? String(index), piece]),
    );
    const announced = all.find(({ value }) => textAt(value, 'response', 'model') !== null)?.value;
    const model = announced ? textAt(announced, 'response', 'model') : null;
    return [...answers.values()].flatMap((piece) => readAnswer(piece, model));
  },
};

function responseOf(value: JsonObject): JsonObject {
  return objectAt(value, 'response') ?? value;
}

function usageOf(value: JsonObject): JsonObject | null {
  const usage = objectAt(responseOf(value), 'usage') ?? value;
  const isUsage =
    hasCount(usage, 'input_tokens') && (hasCount(usage, 'output_tokens') || hasCount(usage, 'total_tokens'));
  if (!isUsage || 'cache_read_input_tokens' in usage || 'cache_creation_input_tokens' in usage) return null;
  return countedNothing(responseOf(value), usage) ? null : usage;
}

/** Some that end as incomplete have zeros for usage, whatever they wrote. That says nothing. */
function countedNothing(response: JsonObject, usage: JsonObject): boolean {
  return (
    response['status'] === 'incomplete' && sum(countAt(usage, 'input_tokens'), countAt(usage, 'output_tokens')) === 0
  );
}

function readAnswer({ value }: Piece, announced: string | null): readonly Draft[] {
  const response = responseOf(value);
  const usage = usageOf(value) ?? {};
  const images = objectsAt(response, 'output').filter(made('image_generation_call')).length;
  const imageUsage = objectAt(response, 'tool_usage', 'image_gen');
  const isImagesCounted = (countAt(imageUsage ?? {}, 'total_tokens') ?? 0) > 0;
  const answer: Draft = {
    event: 'chat.completed',
    model: textAt(response, 'model') ?? announced,
    quantities: {
      ...responseTokens(usage),
      ...tools(response, usage),
      images: isImagesCounted ? null : images,
      requests: response['object'] === 'batch' ? countAt(response, 'request_counts', 'completed') : null,
    },
    properties: {
      ...tierProperties(response['service_tier']),
      ...(response['object'] === 'batch' && { batch: true }),
      ...(usage['is_byok'] === true && { byok: true }),
    },
    cost: statedCost(usage),
    assumed:
      images > 0 && !isImagesCounted ? ['images made on the way are counted; their tokens are not in the answer'] : [],
  };
  return imageUsage && isImagesCounted ? [answer, imageDraft(response, imageUsage, images)] : [answer];
}

/** The tokens of a usage object in this form; images, realtime and transcriptions share it, in singular or plural. */
export function responseTokens(usage: JsonObject): Record<string, number | null> {
  const input = objectAt(usage, 'input_tokens_details') ?? objectAt(usage, 'input_token_details') ?? {};
  const output = objectAt(usage, 'output_tokens_details') ?? objectAt(usage, 'output_token_details') ?? {};
  return {
    input_tokens: requiredCountAt(usage, 'input_tokens'),
    cache_read_tokens: countAt(input, 'cached_tokens') ?? countAt(usage, 'cached_tokens'),
    cache_read_audio_tokens: countAt(input, 'cached_tokens_details', 'audio_tokens'),
    cache_read_image_tokens: countAt(input, 'cached_tokens_details', 'image_tokens'),
    cache_write_tokens: countAt(input, 'cache_write_tokens'),
    input_audio_tokens: countAt(input, 'audio_tokens'),
    input_image_tokens: countAt(input, 'image_tokens'),
    input_video_tokens: countAt(input, 'video_tokens'),
    output_tokens: requiredCountAt(usage, 'output_tokens'),
    reasoning_tokens: countAt(output, 'reasoning_tokens'),
    output_audio_tokens: countAt(output, 'audio_tokens'),
    output_image_tokens: countAt(output, 'image_tokens'),
  };
}

function made(type: string): (item: JsonObject) => boolean {
  return (item) => item['type'] === type && item['status'] !== 'failed';
}

/** Tools are billed by the call and are not in `usage`: they stand in `tool_usage` or among the items. */
function tools(response: JsonObject, usage: JsonObject): Record<string, number | null> {
  const items = objectsAt(response, 'output');
  const used = objectAt(usage, 'server_side_tool_usage_details') ?? {};
  // Opening a page that a search has found is part of that search.
  const searches = items
    .filter(made('web_search_call'))
    .filter((item) => (textAt(item, 'action', 'type') ?? 'search') === 'search');
  const containers = new Set(items.filter(made('code_interpreter_call')).map((item) => item['container_id']));
  return {
    web_searches:
      countAt(response, 'tool_usage', 'web_search', 'num_requests') ??
      firstCount(usage, 'server_tool_use.web_search_requests', 'server_tool_use_details.web_search_requests') ??
      countAt(used, 'web_search_calls') ??
      searches.length,
    x_searches: countAt(used, 'x_search_calls') ?? items.filter(made('x_search_call')).length,
    file_searches:
      countAt(response, 'tool_usage', 'file_search', 'num_requests') ?? items.filter(made('file_search_call')).length,
    code_interpreter_containers: containers.size,
    search_sources: countAt(usage, 'num_sources_used'),
  };
}

function imageDraft(response: JsonObject, usage: JsonObject, images: number): Draft {
  const tool = objectsAt(response, 'tools').find((each) => each['type'] === 'image_generation');
  return {
    event: 'image.generated',
    model: tool ? textAt(tool, 'model') : null,
    aside: true,
    quantities: { ...responseTokens(usage), images },
    assumed: ['images made on the way are a usage of their own'],
  };
}
