import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';

export const NEVER = 'never';
/** Seconds, or never. */
export type ExpiresAfter = number | typeof NEVER;

const TEN_YEARS_SECONDS = 10 * 365 * 24 * 60 * 60;

export const EXPIRES_AFTER_SCHEMA: JsonSchema = {
  anyOf: [{ type: 'integer', minimum: 1, maximum: TEN_YEARS_SECONDS }, { const: NEVER }],
};

export function IsExpiresAfter(): PropertyDecorator {
  return ValidateBy({
    name: 'isExpiresAfter',
    constraints: [EXPIRES_AFTER_SCHEMA],
    validator: {
      validate: (value) =>
        value === NEVER || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= TEN_YEARS_SECONDS),
      defaultMessage: () => `must be a whole number of seconds from 1 to ${String(TEN_YEARS_SECONDS)}, or "${NEVER}"`,
    },
  });
}
