import { parseAmount, PLAIN_DECIMAL, type JsonObject } from '#amounts';
import { usageFault as partsFault, type Usage } from '#pricing';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { isPlainObject, isText } from './rules.ts';

const USAGES_MAX = 100;
const NAMES = new Set(['model', 'provider']);
const NAME_LENGTH_MAX = 128;

const NAME_SCHEMA: JsonSchema = { type: 'string', minLength: 1, maxLength: NAME_LENGTH_MAX };
const ONE_USAGE_SCHEMA: JsonSchema = {
  type: 'object',
  required: ['event'],
  properties: {
    event: { ...NAME_SCHEMA, description: 'What happened, like `chat.completed`.' },
    model: { ...NAME_SCHEMA, description: 'The model, like `claude-sonnet-4-5`.' },
    provider: { ...NAME_SCHEMA, description: 'The provider that runs the model.' },
    properties: { type: 'object', additionalProperties: true, description: 'Anything else you want to store.' },
  },
  additionalProperties: {
    description: 'A quantity, like `input_tokens`: a whole number, or a decimal as a string.',
    // From a `type` or an `anyOf`, generators of clients make an index signature that `properties` contradicts.
    not: { type: ['boolean', 'object', 'array', 'null'] },
    multipleOf: 1,
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    pattern: PLAIN_DECIMAL.source,
  },
};
/** Usage as answers show it. */
export const USAGE_LIST_SCHEMA: JsonSchema = { type: 'array', maxItems: USAGES_MAX, items: ONE_USAGE_SCHEMA };
const USAGE_SCHEMA: JsonSchema = { anyOf: [ONE_USAGE_SCHEMA, { ...USAGE_LIST_SCHEMA, minItems: 1 }] };

/** One usage or a list of them: an event, the model and provider, quantities, and properties. */
export function IsUsage(): PropertyDecorator {
  return ValidateBy({
    name: 'isUsage',
    constraints: [USAGE_SCHEMA],
    validator: {
      validate: (value) => usageFault(value) === null,
      defaultMessage: (args) => usageFault(args?.value) ?? '',
    },
  });
}

/** A usage as clients send it. */
export type UsageInput = Usage;

/** Usage as it was sent, in our vocabulary. */
export interface ReadUsage {
  readonly usage: readonly Usage[];
  /** The usage part of the vendor's own answer; `null` where none was sent. */
  readonly raw: JsonObject | null;
  /** Whether something was sent that says nothing of usage. */
  readonly isUnknown: boolean;
  /** Whether something was sent that says that nothing is to be charged. */
  readonly isFree: boolean;
}

/** A usage as the ledger keeps it: always a list. */
export function readUsage(usage: UsageInput | readonly UsageInput[] | null | undefined): ReadUsage {
  const list = usage ? (Array.isArray(usage) ? (usage as readonly Usage[]) : [usage as Usage]) : [];
  return { usage: list, raw: null, isUnknown: false, isFree: false };
}

function usageFault(value: unknown): string | null {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (list.length === 0 || list.length > USAGES_MAX) return `must be one usage or a list of 1 to ${String(USAGES_MAX)}`;
  for (const one of list) {
    const fault = isPlainObject(one)
      ? faultOf(one)
      : 'must be an object like {"event": "chat.completed", "output_tokens": 120}';
    if (fault !== null) return fault;
  }
  return null;
}

function faultOf({ event, properties, ...fields }: Record<string, unknown>): string | null {
  if (!isName(event)) return 'must name its event, a string of 1 to 128 characters';
  if (properties !== undefined && !isPlainObject(properties)) return 'must have an object as properties';
  for (const [name, value] of Object.entries(fields)) {
    if (NAMES.has(name)) {
      if (!isName(value)) return `must have a string of 1 to 128 characters as ${name}`;
    } else if (!isQuantity(value)) {
      return `must have a whole number, or a decimal as a string, as ${name}`;
    }
  }
  return partsFault({ event: event as string, ...fields } as Usage);
}

function isName(value: unknown): boolean {
  return isText(value, 1, NAME_LENGTH_MAX);
}

function isQuantity(value: unknown): boolean {
  return (Number.isSafeInteger(value) && (value as number) >= 0) || parseAmount(value) !== null;
}
