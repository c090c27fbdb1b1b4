import type { JsonObject } from '#amounts';
import { countAt, hasCount, objectsAt, sumOf, textAt } from '../json.ts';
import type { Draft, Shape } from '../shape.ts';

/** watsonx.ai's text generation and embeddings; its chat reports usage as OpenAI does. A stream counts as it goes. */
export const watsonx: Shape = {
  looksFor: 'results[].generated_token_count and input_token_count (watsonx.ai)',
  claims: ({ value }) => isEmbedding(value) || isGeneration(value),
  read: (pieces) => {
    const values = pieces.map(({ value }) => value);
    const generated = values.filter(isGeneration);
    return [
      ...values
        .filter(isEmbedding)
        .map((value) => draftOf(value, 'embedding.created', countAt(value, 'input_token_count'), null)),
      ...(generated.length > 0 ? [generation(generated)] : []),
    ];
  },
};

function isEmbedding(value: JsonObject): boolean {
  return hasCount(value, 'input_token_count') && 'results' in value;
}

function isGeneration(value: JsonObject): boolean {
  return objectsAt(value, 'results').some((result) => hasCount(result, 'generated_token_count'));
}

function generation(values: readonly JsonObject[]): Draft {
  const most = (name: string): number =>
    Math.max(
      0,
      ...values.map((value) => sumOf(objectsAt(value, 'results').map((result) => countAt(result, name))) ?? 0),
    );
  return draftOf(values.at(-1) ?? {}, 'chat.completed', most('input_token_count'), most('generated_token_count'));
}

function draftOf(value: JsonObject, event: string, input: number | null, output: number | null): Draft {
  const model = textAt(value, 'model_id') ?? textAt(value, 'model');
  return { event, model, quantities: { input_tokens: input, output_tokens: output } };
}
