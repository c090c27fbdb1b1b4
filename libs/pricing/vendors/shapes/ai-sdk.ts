import type { Json, JsonObject } from '#amounts';
import { at, countAt, hasCount, isName, listAt, objectAt, objectsAt, sum, textAt, UNREADABLE } from '../json.ts';
import type { Draft, ReadContext, Shape } from '../shape.ts';
import { gatewayCost } from '../vendor-cost.ts';

/**
 * Usage and results of the AI SDK. Its own counts lose what some vendors say, so the vendor's own usage is read where the
 * SDK has kept it: as `raw`, or among the provider's metadata. Every step of a result is a request of its own.
 */
export const aiSdk: Shape = {
  looksFor: 'usage.inputTokens, totalUsage or usage.raw (AI SDK)',
  claims: ({ value }) => stepsOf(value).length > 0,
  read: (pieces, context) => {
    const values = pieces.map(({ value }) => value);
    const steps = values.filter((value) => value['type'] === 'finish-step' || value['type'] === 'step-finish');
    // At its end a stream repeats the sum of its steps.
    const read = steps.length > 0 ? steps : values;
    return read.flatMap((value) => stepsOf(value)).flatMap((step) => readStep(step, context));
  },
};

interface Step {
  readonly usage: JsonObject;
  readonly metadata: JsonObject;
  readonly model: string | null;
  readonly event: string;
  readonly images: number;
  /** The sum of several requests, in which no vendor's own usage is left. */
  readonly isSum: boolean;
}

function stepsOf(value: JsonObject): readonly Step[] {
  const steps = objectsAt(value, 'steps').flatMap((step) => stepOf(step, objectAt(step, 'usage')) ?? []);
  if (steps.length > 0) return steps;
  const usage = objectAt(value, 'usage') ?? (isUsage(value) ? value : null);
  const total = objectAt(value, 'totalUsage');
  // `usage` is that of the last step alone.
  const isSum = total !== null && usage !== null && countAt(total, 'totalTokens') !== countAt(usage, 'totalTokens');
  const step = stepOf(value, isSum ? total : (usage ?? total));
  if (step) return [{ ...step, isSum }];
  if (!hasCount(value, 'durationInSeconds')) return [];
  const seconds = countAt(value, 'durationInSeconds');
  return [{ ...NOTHING, usage: { seconds, type: 'duration' }, event: 'audio.transcribed' }];
}

const NOTHING: Step = { usage: {}, metadata: {}, model: null, event: 'chat.completed', images: 0, isSum: false };

function stepOf(value: JsonObject, usage: JsonObject | null): Step | null {
  if (!usage || !isUsage(usage)) return null;
  const isEmbedding = hasCount(usage, 'tokens');
  return {
    usage,
    metadata: objectAt(value, 'providerMetadata') ?? objectAt(value, 'experimental_providerMetadata') ?? {},
    model: textAt(value, 'response', 'modelId') ?? textAt(value, 'modelId') ?? textAt(value, 'model', 'modelId'),
    event: isEmbedding ? 'embedding.created' : 'images' in value ? 'image.generated' : 'chat.completed',
    images: listAt(value, 'images').length,
    isSum: false,
  };
}

function isUsage(usage: JsonObject): boolean {
  const isNested = objectAt(usage, 'inputTokens', 'total') !== null || hasCount(usage, 'inputTokens', 'total');
  return (
    isNested ||
    ['inputTokens', 'outputTokens', 'promptTokens', 'tokens'].some((name) => hasCount(usage, name)) ||
    objectAt(usage, 'raw') !== null
  );
}

function readStep(step: Step, context: ReadContext): readonly Draft[] {
  const { usage, metadata } = step;
  const provider = Object.keys(metadata).find((name) => name !== 'gateway' && isName(name)) ?? context.vendor;
  const raw = step.isSum ? null : rawOf(usage, metadata);
  const within = raw ? context.readWithin(raw, provider) : [];
  const cost = gatewayCost(at(metadata, 'gateway', 'cost'));
  if (within.length > 0) {
    return within.map((draft, index) => ({
      ...draft,
      provider,
      model: draft.model ?? step.model,
      quantities: { ...draft.quantities, ...(index === 0 ? besideRaw(draft, usage) : {}) },
      cost: draft.cost ?? (index === 0 ? cost : null),
    }));
  }
  const { quantities, assumed } = ownCounts(step);
  const sums = step.isSum ? ['the steps are summed: what the SDK leaves out of its sums is not counted'] : [];
  return [{ event: step.event, provider, model: step.model, quantities, cost, assumed: [...assumed, ...sums] }];
}

/** The vendor's own usage, which says more than what the SDK makes of it. */
function rawOf(usage: JsonObject, metadata: JsonObject): Json | null {
  const kept = objectAt(usage, 'raw');
  if (kept && Object.keys(kept).length > 0) return kept;
  return objectAt(metadata, 'anthropic', 'usage') ?? objectAt(metadata, 'google', 'usageMetadata') ?? null;
}

/** Where the raw usage lacks a whole, as the raw part of a stream may, the SDK's own counts fill it in. */
function besideRaw(draft: Draft, usage: JsonObject): Record<string, number | null> {
  const { input_tokens: input = null, output_tokens: output = null } = draft.quantities;
  if (draft.event !== 'chat.completed') return {};
  return {
    ...(input === null && { input_tokens: countAt(usage, 'inputTokens') }),
    ...(output === null && { output_tokens: countAt(usage, 'outputTokens') }),
  };
}

interface Counts {
  readonly quantities: Record<string, number | null>;
  readonly assumed: readonly string[];
}

function ownCounts({ usage, metadata, event, images }: Step): Counts {
  if (event === 'audio.transcribed') return { quantities: { audio_seconds: countAt(usage, 'seconds') }, assumed: [] };
  if (event === 'embedding.created') return { quantities: { input_tokens: countAt(usage, 'tokens') }, assumed: [] };
  // The SDK counts what it knows: in JSON nothing is left of an undefined count, and null of one that is no number.
  const notSaid = event === 'chat.completed' ? UNREADABLE : null;
  const input =
    countAt(usage, 'inputTokens', 'total') ??
    countAt(usage, 'inputTokens') ??
    countAt(usage, 'promptTokens') ??
    notSaid;
  const details = objectAt(usage, 'inputTokenDetails') ?? objectAt(usage, 'inputTokens');
  const read =
    countAt(details ?? {}, 'cacheReadTokens') ??
    countAt(details ?? {}, 'cacheRead') ??
    countAt(usage, 'cachedInputTokens');
  const written =
    countAt(details ?? {}, 'cacheWriteTokens') ??
    countAt(details ?? {}, 'cacheWrite') ??
    countAt(metadata, 'anthropic', 'cacheCreationInputTokens') ??
    countAt(metadata, 'bedrock', 'usage', 'cacheWriteInputTokens');
  // Up to version 5 the SDK passes the vendor's count on, and Anthropic's and Bedrock's leave out what was cached.
  const isOld = details === null && ('anthropic' in metadata || 'bedrock' in metadata || (read ?? 0) > (input ?? 0));
  return {
    quantities: {
      input_tokens: isOld ? sum(input, read, written) : input,
      cache_read_tokens: read,
      cache_write_tokens: written,
      output_tokens:
        countAt(usage, 'outputTokens', 'total') ??
        countAt(usage, 'outputTokens') ??
        countAt(usage, 'completionTokens') ??
        notSaid,
      reasoning_tokens:
        countAt(usage, 'outputTokenDetails', 'reasoningTokens') ??
        countAt(usage, 'outputTokens', 'reasoning') ??
        countAt(usage, 'reasoningTokens'),
      images,
    },
    assumed: isOld ? ['inputTokens is taken as without what was cached, as this version of the SDK counts it'] : [],
  };
}
