import type { RepeatedUsage } from '#pricing';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { readUsage } from '../validation/read-usage.ts';
import { isPlainObject } from '../validation/rules.ts';
import { ONE_USAGE_SCHEMA, usageFault, VENDOR_USAGE_SCHEMA, type UsageInput } from '../validation/usage.ts';

/** A usage, and how many requests use that: 1 where it isn't said. */
export type QuotedUsage = UsageInput & { readonly times?: number };

const USAGES_MAX = 1000;
const TIMES_MAX = 1_000_000_000;

const TIMES: JsonSchema = {
  type: 'integer',
  minimum: 1,
  maximum: TIMES_MAX,
  description: 'How many requests use that. Default: `1`.',
};
const FORMS = [ONE_USAGE_SCHEMA, VENDOR_USAGE_SCHEMA].map((form) => ({
  ...form,
  properties: { ...form.properties, times: TIMES },
}));
const SCHEMA: JsonSchema = {
  anyOf: [...FORMS, { type: 'array', minItems: 1, maxItems: USAGES_MAX, items: { anyOf: FORMS } }],
  examples: [{ event: 'chat.completed', model: 'gpt-5', input_tokens: 600, output_tokens: 150, times: 20_000 }],
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

/** A usage in our vocabulary, as often as it is quoted. */
export interface ReadQuotedUsage extends RepeatedUsage {
  /** Its index in what was sent: a vendor's answer may give several. */
  readonly sentAt: number;
}

/** @throws {ProblemError} `invalid_request` for vendors' answers in which no usage was found */
export function readQuotedUsage(sent: QuotedUsage | readonly QuotedUsage[]): readonly ReadQuotedUsage[] {
  const list = [sent].flat();
  const read = list.map((one) => readUsage(withoutTimes(one)));
  const unreadable = read.flatMap((one, index) =>
    one.unreadable.map(({ message }) => ({ field: `usage.${String(index)}.raw`, message })),
  );
  if (unreadable.length > 0) throw invalidRequest(unreadable);
  return read.flatMap(({ usage }, index) =>
    usage.map((one) => ({ usage: one, times: list[index]?.times ?? 1, sentAt: index })),
  );
}

function withoutTimes({ times: _, ...usage }: QuotedUsage): UsageInput {
  return usage as UsageInput;
}

function faultOf(value: unknown): string | null {
  const list: readonly unknown[] = [value].flat();
  for (const one of list)
    if (isPlainObject(one) && !isTimes(one['times']))
      return `must have a whole number from 1 to ${String(TIMES_MAX)} as times`;
  return usageFault(list.length > USAGES_MAX ? list : list.map(bare), USAGES_MAX);
}

function bare(one: unknown): unknown {
  if (!isPlainObject(one)) return one;
  const { times: _, ...usage } = one;
  return usage;
}

function isTimes(times: unknown): boolean {
  return times === undefined || (Number.isInteger(times) && Number(times) >= 1 && Number(times) <= TIMES_MAX);
}
