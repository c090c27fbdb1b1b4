import { parseAmount } from '#amounts';
import { form, isPlainObject, rule } from './rules.ts';

const PART_OF_ONE = '^(?:0(?:\\.\\d{1,12})?|1(?:\\.0{1,12})?)$';
/** A month from 1970 on, like `2026-03`. */
export const MONTH = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])$/;

/** A month of a report. */
export const IsMonth = form('isMonth', 'must be a month from 1970 on, like "2026-03"', MONTH);
const BREAKAGE_RATES_MAX = 600;
/** How much of credits is expected never to be used. */
export const IsBreakageRates = rule(
  'isBreakageRates',
  `must be an object of at most ${BREAKAGE_RATES_MAX} months like "2026-03", or "default", with parts of 1 like "0.2"`,
  {
    type: 'object',
    maxProperties: BREAKAGE_RATES_MAX,
    propertyNames: { pattern: `${MONTH.source}|^default$` },
    additionalProperties: { type: 'string', pattern: PART_OF_ONE },
  },
  (value) =>
    isPlainObject(value) &&
    Object.keys(value).length <= BREAKAGE_RATES_MAX &&
    Object.entries(value).every(([month, rate]) => (MONTH.test(month) || month === 'default') && isPartOfOne(rate)),
);

/** A part of a whole. */
export const IsPartOfOne = rule(
  'isPartOfOne',
  'must be a part from 0 to 1 as a decimal, like "0.3"',
  { type: 'string', pattern: PART_OF_ONE },
  (value) => typeof value === 'string' && new RegExp(PART_OF_ONE).test(value),
);

function isPartOfOne(value: unknown): boolean {
  return parseAmount(value)?.lte(1) ?? false;
}
