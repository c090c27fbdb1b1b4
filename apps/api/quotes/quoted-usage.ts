import { fullEffort, type RepeatedUsage } from '#pricing';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import type { Fault } from '../validation/faults-of.ts';
import { readUsage } from '../validation/read-usage.ts';
import { isPlainObject } from '../validation/rules.ts';
import {
  isVendorUsage,
  ONE_USAGE_SCHEMA,
  usageFault,
  VENDOR_USAGE_SCHEMA,
  type UsageInput,
  type VendorUsageInput,
} from '../validation/usage.ts';

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

/** @throws {ProblemError} `invalid_request` for vendors' answers in which no usage was found, or too many */
export function readQuotedUsage(sent: QuotedUsage | readonly QuotedUsage[]): readonly ReadQuotedUsage[] {
  const unreadable: Fault[] = [];
  const effort = fullEffort();
  const read = [sent].flat().flatMap((one, sentAt): ReadQuotedUsage | ReadQuotedUsage[] => {
    const { times = 1 } = one;
    if (!isVendorUsage(one)) return { usage: one, times, sentAt };
    const { usage, unreadable: faults } = readUsage(withoutTimes(one) as VendorUsageInput, effort);
    unreadable.push(...faults.map(({ message }) => ({ field: `usage.${String(sentAt)}.raw`, message })));
    return usage.map((each) => ({ usage: each, times, sentAt }));
  });
  if (unreadable.length > 0) throw invalidRequest(unreadable);
  if (read.length > USAGES_MAX) {
    const message = `must have at most ${String(USAGES_MAX)} usages in all, not ${String(read.length)}`;
    throw invalidRequest([{ field: 'usage', message }]);
  }
  return read;
}

function faultOf(value: unknown): string | null {
  const list: readonly unknown[] = [value].flat();
  for (const one of list)
    if (isPlainObject(one) && !isTimes(one['times']))
      return `must have a whole number from 1 to ${String(TIMES_MAX)} as times`;
  return usageFault(
    list.map((one) => (isPlainObject(one) && 'times' in one ? withoutTimes(one) : one)),
    USAGES_MAX,
  );
}

function withoutTimes({ times: _, ...usage }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return usage;
}

function isTimes(times: unknown): boolean {
  return times === undefined || (Number.isInteger(times) && Number(times) >= 1 && Number(times) <= TIMES_MAX);
}
