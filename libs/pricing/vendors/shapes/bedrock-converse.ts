import type { JsonObject } from '#amounts';
import { at, countAt, firstCount, hasCount, objectAt, objectsAt, sumOfParts, textAt } from '../json.ts';
import type { Piece } from '../pieces.ts';
import { tierProperties } from '../service-tier.ts';
import type { Draft, Shape } from '../shape.ts';
import { guardrailUnits } from './bedrock-guardrails.ts';

/**
 * `inputTokens` and `outputTokens` of Bedrock's Converse, and of Nova's own answers. Input leaves out what was cached.
 * Every counter may stand twice, under two names. A count that only a header has is read there.
 */
export const bedrockConverse: Shape = {
  looksFor: 'usage.inputTokens and usage.outputTokens (Bedrock Converse)',
  claims: ({ value, headers }) => !isAiSdk(value) && isUsage(usageOf(value), headers),
  read: (pieces) => pieces.map(readAnswer),
};

function usageOf(value: JsonObject): JsonObject {
  return objectAt(value, 'metadata', 'usage') ?? objectAt(value, 'usage') ?? value;
}

function isUsage(usage: JsonObject, headers: JsonObject): boolean {
  const isOutput = hasCount(usage, 'outputTokens') || hasCount(headers, 'x-amzn-bedrock-output-token-count');
  return hasCount(usage, 'inputTokens') && isOutput;
}

/** The AI SDK has the same two names for its counts, and others that Bedrock has not. */
function isAiSdk(value: JsonObject): boolean {
  const usage = usageOf(value);
  const own = ['inputTokenDetails', 'cachedInputTokens', 'reasoningTokens', 'raw'].some((name) => name in usage);
  return own || ['totalUsage', 'providerMetadata', 'finishReason'].some((name) => name in value);
}

function readAnswer({ value, headers }: Piece): Draft {
  const usage = usageOf(value);
  const around = objectAt(value, 'metadata') ?? value;
  const header = (name: string): number | null => countAt(headers, `x-amzn-bedrock-${name}-token-count`);
  const read = firstCount(usage, 'cacheReadInputTokens', 'cacheReadInputTokenCount') ?? header('cache-read-input') ?? 0;
  const write =
    firstCount(usage, 'cacheWriteInputTokens', 'cacheWriteInputTokenCount') ?? header('cache-write-input') ?? 0;
  const hour = objectsAt(usage, 'cacheDetails')
    .filter((detail) => detail['ttl'] === '1h')
    .reduce((total, detail) => total + (countAt(detail, 'inputTokens') ?? 0), 0);
  const model = textAt(around, 'trace', 'promptRouter', 'invokedModelId');
  const latency = textAt(around, 'performanceConfig', 'latency');
  return {
    event: 'chat.completed',
    model,
    quantities: {
      input_tokens: (countAt(usage, 'inputTokens') ?? header('input') ?? 0) + read + write,
      cache_read_tokens: read,
      cache_write_tokens: Math.max(0, write - sumOfParts([hour])),
      cache_write_1h_tokens: hour,
      output_tokens: countAt(usage, 'outputTokens') ?? header('output'),
      ...guardrailUnits(around),
    },
    properties: {
      ...tierProperties(at(around, 'serviceTier', 'type')),
      ...(latency === 'optimized' && { latency }),
    },
  };
}
