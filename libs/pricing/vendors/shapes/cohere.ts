import type { JsonObject } from '#amounts';
import { countAt, objectAt, sum, textAt } from '../json.ts';
import type { Draft, Shape } from '../shape.ts';

/** Cohere bills `billed_units`, not `tokens`: what it adds to the prompt isn't billed, nor is what was cached. */
export const cohere: Shape = {
  looksFor: 'usage.billed_units or meta.billed_units (Cohere)',
  claims: ({ value }) => unitsOf(value) !== null,
  read: (pieces) => pieces.map(({ value }) => readAnswer(value)),
};

/** In the answer, in the last event of a stream, or sent alone. */
function usageOf(value: JsonObject): JsonObject {
  const places = [
    objectAt(value, 'usage'),
    objectAt(value, 'meta'),
    objectAt(value, 'delta', 'usage'),
    objectAt(value, 'response', 'meta'),
  ];
  return places.find((place) => place !== null && ('billed_units' in place || 'tokens' in place)) ?? value;
}

function unitsOf(value: JsonObject): JsonObject | null {
  const usage = usageOf(value);
  return objectAt(usage, 'billed_units') ?? objectAt(usage, 'tokens');
}

function readAnswer(value: JsonObject): Draft {
  const units = unitsOf(value) ?? {};
  const isBilled = objectAt(usageOf(value), 'billed_units') !== null;
  const answer = objectAt(value, 'response') ?? value;
  return {
    event: kindOf(answer, units),
    model: textAt(answer, 'model'),
    quantities: {
      input_tokens: sum(countAt(units, 'input_tokens'), countAt(units, 'image_tokens')),
      input_image_tokens: countAt(units, 'image_tokens'),
      output_tokens: countAt(units, 'output_tokens'),
      search_units: countAt(units, 'search_units'),
      classifications: countAt(units, 'classifications'),
      images: countAt(units, 'images'),
    },
    assumed: isBilled ? [] : ['no billed_units: tokens are counted, which may be more than is billed'],
  };
}

function kindOf(answer: JsonObject, units: JsonObject): string {
  if ('embeddings' in answer) return 'embedding.created';
  if (countAt(units, 'search_units') && !('text' in answer) && !('message' in answer)) return 'rerank.completed';
  if ('classifications' in answer) return 'classification.completed';
  return 'chat.completed';
}
