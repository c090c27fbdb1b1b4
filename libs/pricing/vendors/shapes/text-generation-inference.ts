import { countAt, hasCount, listAt } from '../json.ts';
import type { Shape } from '../shape.ts';

/** Hugging Face's text generation: what it wrote is counted, what it read only where its tokens were asked for. */
export const textGenerationInference: Shape = {
  looksFor: 'details.generated_tokens (Hugging Face text generation)',
  claims: ({ value }) => hasCount(value, 'details', 'generated_tokens'),
  read: (pieces) =>
    pieces.map(({ value }) => {
      const read = listAt(value, 'details', 'prefill').length || countAt(value, 'details', 'input_length');
      return {
        event: 'chat.completed',
        model: null,
        quantities: { input_tokens: read, output_tokens: countAt(value, 'details', 'generated_tokens') },
        assumed: read === null ? ['input_tokens is unknown: the prompt is not counted in the answer'] : [],
      };
    }),
};
