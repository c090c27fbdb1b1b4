import { countAt, hasCount, textAt } from '../json.ts';
import type { Shape } from '../shape.ts';

/** Ollama's own counts, at the top of an answer or of a stream's last line. A prompt that it had cached isn't counted. */
export const ollama: Shape = {
  looksFor: 'prompt_eval_count and eval_count (Ollama)',
  claims: ({ value }) => hasCount(value, 'eval_count') || hasCount(value, 'prompt_eval_count'),
  read: (pieces) =>
    pieces.map(({ value }) => {
      const input = countAt(value, 'prompt_eval_count');
      return {
        event: 'embeddings' in value ? 'embedding.created' : 'chat.completed',
        model: textAt(value, 'model'),
        quantities: { input_tokens: input, output_tokens: countAt(value, 'eval_count') },
        assumed:
          input === null ? ['input_tokens is unknown: prompt_eval_count is missing, as for a cached prompt'] : [],
      };
    }),
};
