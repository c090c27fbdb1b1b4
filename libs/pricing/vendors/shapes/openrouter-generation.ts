import type { JsonObject } from '#amounts';
import { countAt, firstCount, hasCount, objectAt, textAt } from '../json.ts';
import type { Draft, Shape } from '../shape.ts';
import { statedCost } from '../vendor-cost.ts';

/** What OpenRouter tells of a generation afterwards: native counts are those that are billed. */
export const openRouterGeneration: Shape = {
  looksFor: 'data.native_tokens_prompt (OpenRouter’s generation details)',
  claims: ({ value }) => hasCount(generationOf(value), 'native_tokens_prompt'),
  read: (pieces) => pieces.map(({ value }) => readGeneration(generationOf(value))),
};

function generationOf(value: JsonObject): JsonObject {
  return objectAt(value, 'data') ?? value;
}

function readGeneration(generation: JsonObject): Draft {
  return {
    event: 'chat.completed',
    model: textAt(generation, 'model'),
    quantities: {
      input_tokens: countAt(generation, 'native_tokens_prompt'),
      cache_read_tokens: countAt(generation, 'native_tokens_cached'),
      output_tokens: firstCount(generation, 'native_tokens_completion', 'tokens_completion'),
      reasoning_tokens: countAt(generation, 'native_tokens_reasoning'),
      output_image_tokens: countAt(generation, 'native_tokens_completion_images'),
      web_searches: Math.min(1, countAt(generation, 'num_search_results') ?? 0),
    },
    properties: generation['is_byok'] === true ? { byok: true } : {},
    cost: statedCost({
      cost: generation['total_cost'] ?? null,
      is_byok: generation['is_byok'] ?? false,
      cost_details: { upstream_inference_cost: generation['upstream_inference_cost'] ?? null },
    }),
  };
}
