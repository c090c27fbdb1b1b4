import type { JsonObject } from '#amounts';
import { countAt, hasCount, listAt, objectAt, objectsAt, requiredCountAt, sum, sumOf, textAt } from '../json.ts';
import { tierProperties } from '../service-tier.ts';
import type { Draft, Shape } from '../shape.ts';

/** Google's Interactions API: other names for what Gemini counts; thoughts and what tools put in are outside again. */
export const geminiInteractions: Shape = {
  looksFor: 'usage.total_input_tokens (Google Interactions)',
  claims: ({ value }) => hasCount(usageOf(value), 'total_input_tokens'),
  read: (pieces) => {
    const answers = new Map(
      pieces.map(({ value }, index) => [textAt(interactionOf(value), 'id') ?? String(index), value]),
    );
    return [...answers.values()].map(readAnswer);
  },
};

function interactionOf(value: JsonObject): JsonObject {
  return objectAt(value, 'interaction') ?? value;
}

function usageOf(value: JsonObject): JsonObject {
  return objectAt(interactionOf(value), 'usage') ?? value;
}

function readAnswer(value: JsonObject): Draft {
  const interaction = interactionOf(value);
  const usage = usageOf(value);
  const thoughts = countAt(usage, 'total_thought_tokens') ?? countAt(usage, 'total_reasoning_tokens');
  const steps = [...objectsAt(interaction, 'steps'), ...objectsAt(interaction, 'outputs')];
  const calls = steps.filter((step) => step['type'] === 'google_search_call');
  const queries = calls.reduce((count, call) => count + Math.max(1, listAt(call, 'arguments', 'queries').length), 0);
  const tokens = (list: string, modality: string): number | null =>
    sumOf(
      objectsAt(usage, list)
        .filter((row) => row['modality'] === modality)
        .map((row) => countAt(row, 'tokens')),
    );
  return {
    event: 'chat.completed',
    model: textAt(interaction, 'model') ?? textAt(interaction, 'agent'),
    quantities: {
      input_tokens: sum(countAt(usage, 'total_input_tokens'), countAt(usage, 'total_tool_use_tokens')),
      cache_read_tokens: countAt(usage, 'total_cached_tokens'),
      input_audio_tokens: tokens('input_tokens_by_modality', 'audio'),
      input_image_tokens: tokens('input_tokens_by_modality', 'image'),
      input_video_tokens: tokens('input_tokens_by_modality', 'video'),
      input_document_tokens: tokens('input_tokens_by_modality', 'document'),
      output_tokens: sum(requiredCountAt(usage, 'total_output_tokens'), thoughts),
      reasoning_tokens: thoughts,
      output_audio_tokens: tokens('output_tokens_by_modality', 'audio'),
      output_image_tokens: tokens('output_tokens_by_modality', 'image'),
      web_searches: queries,
      grounding_requests: calls.length > 0 ? 1 : 0,
    },
    properties: tierProperties(interaction['service_tier']),
  };
}
