import { parseAmount, PLAIN_DECIMAL } from '#amounts';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { isPlainObject, isText } from '../validation/rules.ts';

const CENTRE_KIND = /^(?:tag|metadata)\..{1,64}$/;
const CENTRES_MAX = 100;
const CENTRE_LENGTH_MAX = 256;
const PERCENT_MAX = 100;
const MARKUP_MAX = 10;
const UP_TO_A_HUNDRED = /^0*(?:\d{1,2}(?:\.\d+)?|100(?:\.0+)?)$/;
const UP_TO_TEN = /^0*(?:\d(?:\.\d+)?|10(?:\.0+)?)$/;

function check(name: string, must: string, schema: JsonSchema, validate: (value: unknown) => boolean) {
  return ValidateBy({ name, constraints: [schema], validator: { validate, defaultMessage: () => must } });
}

/** What cost centres are. */
export function IsCentreKind(): PropertyDecorator {
  return check(
    'isCentreKind',
    'must be a tag like tag.team, or a field of accounts’ metadata like metadata.department',
    { type: 'string', pattern: CENTRE_KIND.source },
    (value) => typeof value === 'string' && CENTRE_KIND.test(value),
  );
}

/** What cost centres bear, each by its name. */
export function IsCentrePercents(): PropertyDecorator {
  return check(
    'isCentrePercents',
    `must be an object of at most ${String(CENTRES_MAX)} percentages from 0 to 100, decimals as strings or whole numbers, by the names of cost centres`,
    {
      type: 'object',
      maxProperties: CENTRES_MAX,
      propertyNames: { minLength: 1, maxLength: CENTRE_LENGTH_MAX },
      additionalProperties: {
        type: ['string', 'integer'],
        pattern: PLAIN_DECIMAL.source,
        allOf: [{ pattern: UP_TO_A_HUNDRED.source }],
        minimum: 0,
        maximum: PERCENT_MAX,
      },
    },
    arePercents,
  );
}

function arePercents(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const percents = Object.entries(value);
  if (percents.length > CENTRES_MAX) return false;
  return percents.every(([name, percent]) => isText(name, 1, CENTRE_LENGTH_MAX) && isPercent(percent));
}

function isPercent(value: unknown): boolean {
  const percent = parseAmount(Number.isSafeInteger(value) ? String(value) : value);
  return percent?.lte(PERCENT_MAX) ?? false;
}

/** What is added to what is charged. */
export function IsMarkup(): PropertyDecorator {
  return check(
    'isMarkup',
    'must be a part from 0 to 10 as a decimal string, like "0.1" for 10 %',
    { type: 'string', pattern: PLAIN_DECIMAL.source, allOf: [{ pattern: UP_TO_TEN.source }], examples: ['0.1'] },
    (value) => parseAmount(value)?.lte(MARKUP_MAX) ?? false,
  );
}
