import type { JsonObject } from '#amounts';
import { countAt, firstCount, objectAt, objectsAt, sumOf, textAt } from '../json.ts';
import type { Piece } from '../pieces.ts';
import { tierProperties } from '../service-tier.ts';
import type { Draft, Shape } from '../shape.ts';
import { guardrailUnits } from './bedrock-guardrails.ts';

const METRICS = 'amazon-bedrock-invocationMetrics';

/**
 * Bedrock's InvokeModel: the counts of Titan and Llama, the metrics at the end of every stream, and the headers of every
 * answer, which are all that there is for some models.
 */
export const bedrockInvoke: Shape = {
  looksFor: `inputTextTokenCount, prompt_token_count, ${METRICS}, or x-amzn-bedrock-…-token-count headers (Bedrock InvokeModel)`,
  claims: (piece) => countsOf(piece) !== null,
  read: (pieces, { all }) => {
    // Claude's streams say more in their own events, and end with the metrics too.
    if (all.some(({ value }) => value['type'] === 'message_start')) return [];
    // A stream counts as it goes, and its last event has the metrics.
    const whole = pieces.filter((piece) => !isChunk(piece));
    const chunks = pieces.filter(isChunk);
    const last = chunks.findLast(({ value }) => METRICS in value) ?? null;
    return [...whole.map((piece) => draftOf([piece])), ...(chunks.length > 0 ? [draftOf(last ? [last] : chunks)] : [])];
  },
};

function isChunk({ value }: Piece): boolean {
  return METRICS in value || 'index' in value || ('generation' in value && value['stop_reason'] === null);
}

interface Counts {
  readonly input: number | null;
  readonly output: number | null;
  readonly read: number;
  readonly write: number;
}

function countsOf({ value, headers }: Piece): Counts | null {
  const metrics = objectAt(value, METRICS) ?? {};
  const header = (name: string): number | null => countAt(headers, `x-amzn-bedrock-${name}-token-count`);
  const results = objectsAt(value, 'results').map((result) => countAt(result, 'tokenCount'));
  const input = countAt(metrics, 'inputTokenCount') ?? firstCount(value, 'inputTextTokenCount', 'prompt_token_count');
  const output =
    countAt(metrics, 'outputTokenCount') ??
    firstCount(value, 'totalOutputTextTokenCount', 'generation_token_count') ??
    sumOf(results);
  const counts = {
    input: input ?? header('input'),
    output: output ?? header('output'),
    read: countAt(metrics, 'cacheReadInputTokenCount') ?? header('cache-read-input') ?? 0,
    write: countAt(metrics, 'cacheWriteInputTokenCount') ?? header('cache-write-input') ?? 0,
  };
  return counts.input === null && counts.output === null ? null : counts;
}

/** @param pieces one answer, or the chunks of a stream that broke off: the first tells its input, the last its output */
function draftOf(pieces: readonly Piece[]): Draft {
  const counts = pieces.flatMap((piece) => countsOf(piece) ?? []);
  const most = (name: keyof Counts): number | null => {
    const known = counts.map((each) => each[name]).filter((count) => count !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  const { value, headers }: Pick<Piece, 'value' | 'headers'> = pieces.at(-1) ?? { value: {}, headers: {} };
  const input = most('input');
  const [read, write] = [most('read') ?? 0, most('write') ?? 0];
  return {
    event: kindOf(value, most('output')),
    model: textAt(value, 'model'),
    quantities: {
      input_tokens: input === null ? null : input + read + write,
      cache_read_tokens: read,
      cache_write_tokens: write,
      output_tokens: most('output'),
      images: listLength(value, 'images'),
      ...guardrailUnits(value),
    },
    properties: tierProperties(headers['x-amzn-bedrock-service-tier']),
    assumed:
      METRICS in value || !pieces.some(isChunk)
        ? []
        : ['the stream broke off: its output is counted as far as it was reported'],
  };
}

function kindOf(value: JsonObject, output: number | null): string {
  if ('embedding' in value || 'embeddings' in value || 'embeddingsByType' in value) return 'embedding.created';
  if ('images' in value) return 'image.generated';
  return output === null && 'results' in value ? 'rerank.completed' : 'chat.completed';
}

function listLength(value: JsonObject, name: string): number | null {
  const list = value[name];
  return Array.isArray(list) ? list.length : null;
}
