import type { JsonObject } from '#amounts';
import { hasCount, objectAt, objectsAt, textAt } from '../json.ts';
import type { Piece } from '../pieces.ts';
import type { Draft, Shape } from '../shape.ts';
import { statedCost } from '../vendor-cost.ts';
import { responseTokens } from './openai-responses.ts';

const COMPLETED = new Set(['image_generation.completed', 'image_edit.completed']);

/** Images of OpenAI, and of xAI and Together in the same form. Many have no usage: then the images are counted. */
export const openAiImages: Shape = {
  looksFor: 'data[].b64_json or data[].url, or usage.input_tokens_details.image_tokens (images)',
  claims: ({ value }) =>
    COMPLETED.has(textAt(value, 'type') ?? '') ||
    imagesIn(value) > 0 ||
    isImageUsage(objectAt(value, 'usage') ?? value),
  read: (pieces) => pieces.map(readAnswer),
};

function imagesIn(value: JsonObject): number {
  return objectsAt(value, 'data').filter((item) => 'b64_json' in item || 'url' in item).length;
}

/** Of these, only images have their input told apart in text and images. */
function isImageUsage(usage: JsonObject): boolean {
  const isSplit = hasCount(usage, 'input_tokens_details', 'image_tokens');
  return isSplit && !hasCount(usage, 'output_tokens_details', 'reasoning_tokens');
}

function readAnswer({ value }: Piece): Draft {
  const usage = objectAt(value, 'usage') ?? value;
  const tokens = responseTokens(usage);
  const images = textAt(value, 'type') === null ? imagesIn(value) : 1;
  const output = tokens['output_tokens'] ?? null;
  const properties = Object.fromEntries(
    ['size', 'quality'].flatMap((name) => {
      const text = textAt(value, name);
      return text ? [[name, text]] : [];
    }),
  );
  return {
    event: 'image.generated',
    model: textAt(value, 'model'),
    quantities: { ...tokens, output_image_tokens: tokens['output_image_tokens'] ?? output, images },
    properties,
    cost: statedCost(usage),
    assumed: output === null ? ['the answer has no usage: its images are counted'] : [],
  };
}
