import type { Json, JsonObject } from '#amounts';
import { countAt, isObject, objectAt } from '../json.ts';
import type { Shape } from '../shape.ts';

const DEPTH_MAX = 8;

/** The text units that guardrails checked, of input and output together: billed apart from the model, by policy. */
export function guardrailUnits(answer: JsonObject): Record<string, number> {
  const trace = objectAt(answer, 'trace', 'guardrail') ?? objectAt(answer, 'amazon-bedrock-trace', 'guardrail') ?? {};
  return unitsOf(policyUsages(trace, DEPTH_MAX));
}

/** A guardrail that is applied on its own, without a model. */
export const bedrockGuardrails: Shape = {
  looksFor: 'usage.contentPolicyUnits (Bedrock guardrails)',
  claims: ({ value }) => Object.keys(objectAt(value, 'usage') ?? {}).some((name) => quantityOf(name) !== null),
  read: (pieces) =>
    pieces.map(({ value }) => ({
      event: 'guardrail.applied',
      model: null,
      quantities: unitsOf([objectAt(value, 'usage') ?? {}]),
    })),
};

function unitsOf(usages: readonly JsonObject[]): Record<string, number> {
  const units: Record<string, number> = {};
  for (const usage of usages) {
    for (const [name, count] of Object.entries(usage)) {
      const quantity = quantityOf(name);
      if (quantity) units[quantity] = (units[quantity] ?? 0) + (countAt(count) ?? 0);
    }
  }
  return units;
}

/** `topicPolicyUnits` becomes `guardrail_topic_units`. Units that are free are not counted. */
function quantityOf(name: string): string | null {
  const [, policy, image = ''] = /^([a-zA-Z]+)Policy(Image)?Units$/.exec(name) ?? [];
  if (policy === undefined) return null;
  const snake = policy.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `guardrail_${snake}_${image && 'image_'}units`;
}

function policyUsages(value: Json, depth: number): readonly JsonObject[] {
  if (depth === 0 || typeof value !== 'object' || value === null) return [];
  const own = isObject(value) ? objectAt(value, 'invocationMetrics', 'usage') : null;
  if (own) return [own];
  return Object.values<Json>(value).flatMap((inside) => policyUsages(inside, depth - 1));
}
