import type { Json, JsonObject } from '#amounts';
import { countAt, isObject, objectAt, textAt } from '../json.ts';
import type { Piece } from '../pieces.ts';
import type { Draft, Shape } from '../shape.ts';

/** The traces of Bedrock's agents. They call a model several times, each a usage of its own. */
export const bedrockAgents: Shape = {
  looksFor: 'trace.….modelInvocationOutput.metadata.usage (Bedrock agents)',
  claims: ({ value }) => usageIn(value) !== null,
  read: (pieces, { all }) =>
    pieces.map((piece): Draft => {
      const usage = usageIn(piece.value) ?? {};
      return {
        event: 'chat.completed',
        model: modelBefore(piece, all),
        quantities: { input_tokens: countAt(usage, 'inputTokens'), output_tokens: countAt(usage, 'outputTokens') },
      };
    }),
};

/** Traces are named after the step: orchestration, preprocessing and others. */
function steps(value: JsonObject): readonly JsonObject[] {
  const trace = objectAt(value, 'trace', 'trace') ?? objectAt(value, 'trace') ?? {};
  return Object.values<Json>(trace).filter(isObject);
}

function usageIn(value: JsonObject): JsonObject | null {
  const usages = steps(value).map((step) => objectAt(step, 'modelInvocationOutput', 'metadata', 'usage'));
  return usages.find((usage) => usage !== null) ?? null;
}

/** The model stands in the event that shows what it was asked. */
function modelBefore(piece: Piece, all: readonly Piece[]): string | null {
  const agent = textAt(piece.value, 'trace', 'agentId');
  const before = all.slice(0, all.indexOf(piece)).filter(({ value }) => textAt(value, 'trace', 'agentId') === agent);
  const models = before.flatMap(({ value }) =>
    steps(value).flatMap((step) => textAt(step, 'modelInvocationInput', 'foundationModel') ?? []),
  );
  return models.at(-1) ?? null;
}
