import type { Json, JsonObject } from '#amounts';
import { countAt, isObject, objectAt, textAt } from '../json.ts';
import type { Draft, Shape } from '../shape.ts';

/** The traces of Bedrock's agents. They call a model several times, each a usage of its own. */
export const bedrockAgents: Shape = {
  looksFor: 'trace.….modelInvocationOutput.metadata.usage (Bedrock agents)',
  claims: ({ value }) => usageIn(value) !== null,
  read: (_, { all }) => {
    /** The model stands in the event that shows what it was asked: the last one of each agent. */
    const asked = new Map<string | null, string>();
    return all.flatMap(({ value }): readonly Draft[] => {
      const agent = textAt(value, 'trace', 'agentId');
      const model = modelIn(value);
      if (model !== null) asked.set(agent, model);
      const usage = usageIn(value);
      return usage ? [draftOf(usage, asked.get(agent) ?? null)] : [];
    });
  },
};

function draftOf(usage: JsonObject, model: string | null): Draft {
  const quantities = { input_tokens: countAt(usage, 'inputTokens'), output_tokens: countAt(usage, 'outputTokens') };
  return { event: 'chat.completed', model, quantities };
}

/** Traces are named after the step: orchestration, preprocessing and others. */
function steps(value: JsonObject): readonly JsonObject[] {
  const trace = objectAt(value, 'trace', 'trace') ?? objectAt(value, 'trace') ?? {};
  return Object.values<Json>(trace).filter(isObject);
}

function usageIn(value: JsonObject): JsonObject | null {
  const usages = steps(value).map((step) => objectAt(step, 'modelInvocationOutput', 'metadata', 'usage'));
  return usages.find((usage) => usage !== null) ?? null;
}

function modelIn(value: JsonObject): string | null {
  const models = steps(value).map((step) => textAt(step, 'modelInvocationInput', 'foundationModel'));
  return models.find((model) => model !== null) ?? null;
}
