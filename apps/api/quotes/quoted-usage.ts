import type { Usage } from '#pricing';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { isPlainObject } from '../validation/rules.ts';
import { ONE_USAGE_SCHEMA, usageFault } from '../validation/usage.ts';

/** A usage, and how many requests use that. */
export interface QuotedUsage extends Usage {
  /** 1 where it isn't given. */
  readonly times?: number;
}

const USAGES_MAX = 1000;
const TIMES_MAX = 1_000_000_000;

const ONE_SCHEMA: JsonSchema = {
  ...ONE_USAGE_SCHEMA,
  properties: {
    ...ONE_USAGE_SCHEMA.properties,
    times: {
      type: 'integer',
      minimum: 1,
      maximum: TIMES_MAX,
      description: 'How many requests use that. Default: `1`.',
    },
  },
};
const SCHEMA: JsonSchema = {
  anyOf: [ONE_SCHEMA, { type: 'array', minItems: 1, maxItems: USAGES_MAX, items: ONE_SCHEMA }],
};

/** One usage or a list of up to a thousand, each as often as it says. */
export function IsQuotedUsage(): PropertyDecorator {
  return ValidateBy({
    name: 'isQuotedUsage',
    constraints: [SCHEMA],
    validator: {
      validate: (value) => faultOf(value) === null,
      defaultMessage: (args) => faultOf(args?.value) ?? '',
    },
  });
}

/** Usage to be quoted, as a list. */
export function quotedList(usage: QuotedUsage | readonly QuotedUsage[]): readonly QuotedUsage[] {
  return Array.isArray(usage) ? (usage as readonly QuotedUsage[]) : [usage as QuotedUsage];
}

function faultOf(value: unknown): string | null {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isRepeatable = list.every((one) => !isPlainObject(one) || isTimes(one['times']));
  return isRepeatable
    ? usageFault(value, USAGES_MAX)
    : `must have a whole number from 1 to ${String(TIMES_MAX)} as times`;
}

function isTimes(times: unknown): boolean {
  return times === undefined || (Number.isInteger(times) && Number(times) >= 1 && Number(times) <= TIMES_MAX);
}
