import { parseAmount, PLAIN_DECIMAL, type Json, type JsonObject } from '#amounts';
import { usageFault as partsFault, VENDORS, type Usage } from '#pricing';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { isPlainObject, isText } from './rules.ts';

const USAGES_MAX = 100;
/** A vendor's answer may give several: a batch one for each of its lines. */
export const USAGES_READ_MAX = 1000;
const NAMES = new Set(['model', 'provider']);
const VENDOR_NAMES = new Set(['model', 'event']);
const NAME_LENGTH_MAX = 128;

const NAME_SCHEMA: JsonSchema = { type: 'string', minLength: 1, maxLength: NAME_LENGTH_MAX };
export const ONE_USAGE_SCHEMA: JsonSchema = {
  type: 'object',
  required: ['event'],
  properties: {
    event: { ...NAME_SCHEMA, description: 'What happened, like `chat.completed`.' },
    model: { ...NAME_SCHEMA, description: 'The model, like `claude-sonnet-4-5`.' },
    provider: { ...NAME_SCHEMA, description: 'The provider that runs the model.' },
    properties: { type: 'object', additionalProperties: true, description: 'Anything else you want to store.' },
  },
  propertyNames: { minLength: 1, maxLength: NAME_LENGTH_MAX },
  additionalProperties: {
    description:
      'A quantity with a name of 1 to 128 characters, like `input_tokens`: a whole number, or a decimal as a string.',
    // From a `type` or an `anyOf`, generators of clients make an index signature that `properties` contradicts.
    not: { type: ['boolean', 'object', 'array', 'null'] },
    multipleOf: 1,
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    pattern: PLAIN_DECIMAL.source,
  },
  examples: [
    { event: 'chat.completed', model: 'gpt-5', input_tokens: 600, output_tokens: 150 },
    { event: 'chat.completed', model: 'gpt-5', input_tokens: 1000, cache_read_tokens: 800 },
    { event: 'image.generated', model: 'painter-2', images: 2, properties: { size: '1024x1024' } },
  ],
};
/** Usage as answers show it. */
export const USAGE_LIST_SCHEMA: JsonSchema = { type: 'array', maxItems: USAGES_READ_MAX, items: ONE_USAGE_SCHEMA };

/** Usage in the form of the vendor that reports it. */
export interface VendorUsageInput extends JsonObject {
  readonly vendor: string;
  readonly raw: string | JsonObject | readonly Json[];
  readonly model?: string;
  readonly event?: string;
  readonly properties?: JsonObject;
}

/** A usage as clients send it. */
export type UsageInput = Usage | VendorUsageInput;

export const VENDOR_USAGE_SCHEMA: JsonSchema = {
  type: 'object',
  required: ['vendor', 'raw'],
  properties: {
    vendor: { ...NAME_SCHEMA, description: `Who reports it: ${VENDORS.join(', ')}, or any other.` },
    raw: {
      type: ['object', 'array', 'string'],
      additionalProperties: true,
      description:
        'What the vendor returned, as it came: its usage object, its whole answer, the lines of a batch, ' +
        '`{"headers": …, "body": …}`, or the events of a stream, as a list or as text. ' +
        'It never makes a request invalid, unless it is nested too deeply or too large.',
    },
    model: { ...NAME_SCHEMA, description: 'In place of the model that the answer names.' },
    event: { ...NAME_SCHEMA, description: 'In place of the event that follows from the kind of answer.' },
    properties: { type: 'object', additionalProperties: true, description: 'Added to those of the answer.' },
  },
  additionalProperties: false,
  examples: [
    { vendor: 'openai', model: 'gpt-5', raw: { prompt_tokens: 600, completion_tokens: 150 } },
    { vendor: 'anthropic', raw: { model: 'claude-sonnet-4-5', usage: { input_tokens: 200, output_tokens: 150 } } },
  ],
};
const SENT_SCHEMA: JsonSchema = { anyOf: [ONE_USAGE_SCHEMA, VENDOR_USAGE_SCHEMA] };
const USAGE_SCHEMA: JsonSchema = {
  anyOf: [
    ONE_USAGE_SCHEMA,
    VENDOR_USAGE_SCHEMA,
    { type: 'array', minItems: 1, maxItems: USAGES_MAX, items: SENT_SCHEMA },
  ],
};

/** One usage or a list of them, each as an event with its quantities or as a vendor reports it. */
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

export function isVendorUsage(usage: UsageInput): usage is VendorUsageInput {
  return 'vendor' in usage;
}

export function usageFault(value: unknown, usagesMax = USAGES_MAX): string | null {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (list.length === 0 || list.length > usagesMax) return `must be one usage or a list of 1 to ${String(usagesMax)}`;
  for (const one of list) {
    const fault = isPlainObject(one) ? faultOf(one) : `must be an object like ${EXAMPLE}`;
    if (fault !== null) return fault;
  }
  return null;
}

const EXAMPLE = '{"event": "chat.completed", "output_tokens": 120} or {"vendor": "openai", "raw": {…}}';

function faultOf(usage: Record<string, unknown>): string | null {
  return 'vendor' in usage || 'raw' in usage ? vendorFault(usage) : ownFault(usage);
}

function vendorFault({ vendor, raw, properties, ...names }: Record<string, unknown>): string | null {
  if (!isName(vendor)) return 'must name its vendor beside raw, a string of 1 to 128 characters';
  if (raw === undefined || !(typeof raw === 'string' || (typeof raw === 'object' && raw !== null))) {
    return 'must have as raw what the vendor returned: an object, a list or a text';
  }
  if (properties !== undefined && !isPlainObject(properties)) return 'must have an object as properties';
  for (const [name, value] of Object.entries(names)) {
    if (!VENDOR_NAMES.has(name))
      return `has vendor and raw, and beside them only model, event and properties, not ${name}`;
    if (!isName(value)) return `must have a string of 1 to 128 characters as ${name}`;
  }
  return null;
}

/** Goes through the fields without making lists of them: a quote may have a thousand usages. */
function ownFault(usage: Record<string, unknown>): string | null {
  const { event, properties } = usage;
  if (!isName(event)) return 'must name its event, a string of 1 to 128 characters';
  if (properties !== undefined && !isPlainObject(properties)) return 'must have an object as properties';
  for (const name of Object.keys(usage)) {
    if (name === 'event' || name === 'properties') continue;
    const value = usage[name];
    // Taken for a quantity, it would be priced as none.
    if (name === 'times') return 'must not have times: usage repeats in quotes only';
    if (NAMES.has(name)) {
      if (!isName(value)) return `must have a string of 1 to 128 characters as ${name}`;
    } else if (!isName(name)) {
      return 'must have names of 1 to 128 characters for its quantities';
    } else if (!isQuantity(value)) {
      return `must have a whole number, or a decimal as a string, as ${name}`;
    }
  }
  return partsFault(usage as Usage);
}

function isName(value: unknown): boolean {
  return isText(value, 1, NAME_LENGTH_MAX);
}

function isQuantity(value: unknown): boolean {
  return (Number.isSafeInteger(value) && (value as number) >= 0) || parseAmount(value) !== null;
}
