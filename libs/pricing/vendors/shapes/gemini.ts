import type { JsonObject } from '#amounts';
import { countAt, hasCount, listAt, objectAt, objectsAt, requiredCountAt, sum, sumOf, textAt } from '../json.ts';
import type { Piece } from '../pieces.ts';
import { tierProperties } from '../service-tier.ts';
import type { Draft, Shape } from '../shape.ts';

/**
 * Gemini's `usageMetadata`, at Google and Vertex AI, Live too. The prompt includes what was cached, and leaves out what
 * tools put in; candidates leave out thoughts. The chunks of a stream are cumulative.
 */
export const gemini: Shape = {
  looksFor: 'usageMetadata.promptTokenCount (Gemini)',
  claims: ({ value }) => isCounted(usageOf(value)) || isBlocked(value),
  read: (pieces, { all }) => {
    const isOne = new Set(pieces.flatMap(({ value }) => textAt(value, 'responseId') ?? [])).size <= 1;
    const answers = Map.groupBy(pieces, (piece) => keyOf(piece, isOne));
    return [...answers.values()].map((chunks) => readAnswer(chunks, answers.size === 1 ? all : chunks));
  },
};

/** The chunks of a stream are one answer; each turn of a live session and each line of a batch is one of its own. */
function keyOf(piece: Piece, isOne: boolean): unknown {
  if (piece.batch || hasCount(usageOf(piece.value), 'responseTokenCount')) return piece;
  return isOne ? '' : (textAt(piece.value, 'responseId') ?? '');
}

function usageOf(value: JsonObject): JsonObject {
  return objectAt(value, 'usageMetadata') ?? objectAt(value, 'usage_metadata') ?? value;
}

function isCounted(usage: JsonObject): boolean {
  return ['promptTokenCount', 'candidatesTokenCount', 'responseTokenCount', 'thoughtsTokenCount'].some(
    (name) => countAt(usage, name) !== null,
  );
}

/** A prompt that was blocked has been read by nobody, so nothing of it is counted. */
function isBlocked(value: JsonObject): boolean {
  return textAt(value, 'promptFeedback', 'blockReason') !== null && objectAt(value, 'usageMetadata') !== null;
}

function readAnswer(chunks: readonly Piece[], around: readonly Piece[]): Draft {
  const usage = lastUsage(chunks.map(({ value }) => usageOf(value)));
  const values = chunks.map(({ value }) => value);
  const isLive = hasCount(usage, 'responseTokenCount');
  const isEmbedding = values.some((value) => 'embedding' in value || 'embeddings' in value);
  const blocked = values.some(isBlocked) && !isCounted(usage);
  const thoughts = countAt(usage, 'thoughtsTokenCount');
  const candidates = requiredCountAt(usage, 'candidatesTokenCount') ?? countAt(usage, 'responseTokenCount');
  const input = modalities(usage, 'promptTokensDetails', 'promptTokenDetails', 'toolUsePromptTokensDetails');
  const output = modalities(usage, 'candidatesTokensDetails', 'responseTokensDetails');
  const cached = modalities(usage, 'cacheTokensDetails');
  return {
    event: isEmbedding ? 'embedding.created' : isLive ? 'realtime.responded' : 'chat.completed',
    model: values.map((value) => textAt(value, 'modelVersion')).find(Boolean) ?? null,
    quantities: {
      input_tokens: sum(requiredCountAt(usage, 'promptTokenCount'), countAt(usage, 'toolUsePromptTokenCount')) ?? 0,
      cache_read_tokens: countAt(usage, 'cachedContentTokenCount'),
      cache_read_audio_tokens: cached('AUDIO'),
      input_audio_tokens: input('AUDIO'),
      input_image_tokens: input('IMAGE'),
      input_video_tokens: input('VIDEO'),
      input_document_tokens: input('DOCUMENT'),
      output_tokens: isEmbedding ? null : (sum(candidates, thoughts) ?? 0),
      reasoning_tokens: thoughts,
      output_audio_tokens: output('AUDIO'),
      output_image_tokens: output('IMAGE'),
      ...searches(around.map(({ value }) => value)),
    },
    properties: { ...tierProperties(usage['serviceTier']), ...trafficProperties(usage) },
    assumed: blocked ? ['the prompt was blocked: nothing is counted'] : [],
  };
}

/** The last chunk says it all where its counts add up to its total; otherwise it leaves out what earlier ones have said. */
function lastUsage(usages: readonly JsonObject[]): JsonObject {
  const last = usages.at(-1) ?? {};
  const counts = ['promptTokenCount', 'toolUsePromptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount'];
  const addsUp = sumOf(counts.map((name) => countAt(last, name))) === countAt(last, 'totalTokenCount');
  return addsUp ? last : Object.fromEntries(usages.flatMap((usage) => Object.entries(usage)));
}

/** The tokens of a modality, over all these lists. */
function modalities(usage: JsonObject, ...lists: readonly string[]): (modality: string) => number | null {
  const rows = lists.flatMap((list) => objectsAt(usage, list));
  return (modality) =>
    sumOf(rows.filter((row) => row['modality'] === modality).map((row) => countAt(row, 'tokenCount')));
}

/** Grounding is billed by the answer or by the query, depending on the model: both are counted. */
function searches(values: readonly JsonObject[]): Record<string, number | null> {
  const queries = new Set(
    values
      .flatMap((value) => [...objectsAt(value, 'candidates'), objectAt(value, 'serverContent') ?? {}])
      .flatMap((candidate) => listAt(candidate, 'groundingMetadata', 'webSearchQueries')),
  );
  return queries.size === 0 ? {} : { web_searches: queries.size, grounding_requests: 1 };
}

/** Vertex AI says by what traffic it served: flex and priority are tiers elsewhere. */
function trafficProperties(usage: JsonObject): JsonObject {
  const traffic = textAt(usage, 'trafficType');
  if (traffic === null) return {};
  const tier = /^ON_DEMAND_(FLEX|PRIORITY)$/.exec(traffic)?.[1];
  return { ...tierProperties(tier), traffic_type: traffic };
}
