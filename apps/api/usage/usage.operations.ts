import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { UsageController } from './usage.controller.ts';

export const USAGE_OPERATIONS: OperationsOf<UsageController> = {
  normalize: {
    id: 'normalizeUsage',
    summary: 'See usage in Purser’s vocabulary',
    description:
      'Returns what Purser makes of the usage that a vendor reports, and what it had to assume. Changes nothing. Usage that can’t be read returns 400 with what was looked for: it is unknown, and never zero.',
    answers: { 200: { description: 'The usage.', schema: ref('NormalizedUsage') } },
    examples: [
      {
        name: 'anthropic',
        summary: 'Anthropic’s input leaves out what was cached',
        body: {
          usage: {
            vendor: 'anthropic',
            raw: {
              type: 'message',
              model: 'claude-sonnet-4-5',
              usage: {
                input_tokens: 200,
                cache_read_input_tokens: 800,
                cache_creation_input_tokens: 0,
                output_tokens: 150,
                service_tier: 'standard',
              },
            },
          },
        },
      },
      {
        name: 'stream',
        summary: 'The events of a stream',
        body: {
          usage: {
            vendor: 'openai',
            raw: [
              {
                object: 'chat.completion.chunk',
                model: 'gpt-5-mini',
                choices: [{ index: 0, delta: { content: 'Hi' } }],
              },
              {
                object: 'chat.completion.chunk',
                model: 'gpt-5-mini',
                choices: [],
                usage: { prompt_tokens: 1000, completion_tokens: 150, prompt_tokens_details: { cached_tokens: 800 } },
              },
            ],
          },
        },
      },
      {
        name: 'without_usage',
        summary: 'An answer that has no usage',
        body: { usage: { vendor: 'openai', raw: { object: 'thread.run', status: 'in_progress', usage: null } } },
      },
    ],
  },
};
