import { isNetwork } from '#access';
import { formatAmount, parseAmount, PLAIN_DECIMAL } from '#amounts';
import { idPattern, parsePublicId, RATE_AMOUNT_MAX, RATE_REQUESTS_MAX, type IdKind } from '#ledger';
import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { writtenOut } from './written-out.ts';

type Rule = (value: unknown) => boolean;

/**
 * A decorator from a predicate, what it asks for (“must be …”), and the same as a JSON Schema, as far as one can say it;
 * the API's description is made of those.
 */
export function rule(
  name: string,
  must: string,
  schema: JsonSchema,
  test: Rule,
): (options?: ValidationOptions) => PropertyDecorator {
  return (options) =>
    ValidateBy(
      {
        name,
        constraints: [schema],
        validator: { validate: test, defaultMessage: buildMessage((each) => each + must, options) },
      },
      options,
    );
}

/** A rule for strings of a form. */
export function form(name: string, must: string, pattern: RegExp): (options?: ValidationOptions) => PropertyDecorator {
  const test = (value: unknown): boolean => typeof value === 'string' && pattern.test(value);
  return rule(name, must, { type: 'string', pattern: pattern.source }, test);
}

/** A rule for the public ids of one kind of object. */
function idOf(name: string, kind: IdKind, what: string): (options?: ValidationOptions) => PropertyDecorator {
  const test = (value: unknown): boolean => typeof value === 'string' && parsePublicId(kind, value) !== null;
  return rule(name, `must be the id of ${what}`, { type: 'string', pattern: idPattern(kind) }, test);
}

/** Whether it is a string of so many characters, as JSON Schema counts them: 💸 is one, though two in UTF-16. */
export function isText(value: unknown, lengthMin: number, lengthMax: number): value is string {
  if (typeof value !== 'string' || value.length < lengthMin || value.length > 2 * lengthMax) return false;
  return value.length <= lengthMax || Array.from(value).length <= lengthMax;
}

export const ACCOUNT_ID = /^[A-Za-z0-9_.:-]{1,128}$/;
const ACCOUNT_ID_FORM = 'must be 1 to 128 characters of A–Z a–z 0–9 _ . : -';
export const NEW_ACCOUNT_ID_FORM = `${ACCOUNT_ID_FORM}, and not "." or ".."`;
export const ENVIRONMENT_NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** Begins with a letter or a digit, so that it is no part of a path that clients take away. */
export const BUDGET_NAME = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/;
export const BUDGET_NAME_FORM = 'must be 1 to 64 characters of A–Z a–z 0–9 _ . : -, beginning with a letter or digit';
export const UNIT = /^[A-Za-z0-9_.-]{1,32}$/;
/** Before the first object of an account. */
export const START = 'start';
const LIMIT = /^(?:[1-9]\d?|100)$/;
const WAIT = /^(?:\d{1,4}|[1-7]\d{4}|8[0-5]\d{3}|86[0-3]\d{2}|86400)$/;
const AMOUNT_FORM =
  'a decimal as a string, like "12.5" (at most 26 digits before and 12 after the point, no sign, no exponent)';
/** What an amount has to be. */
export const AMOUNT = `must be ${AMOUNT_FORM}`;
/** What an amount has to be where it can't be zero. */
export const POSITIVE_AMOUNT = `must be ${AMOUNT_FORM}, and more than zero`;
const AMOUNT_SCHEMA: JsonSchema = { type: 'string', pattern: PLAIN_DECIMAL.source, examples: ['12.5'] };
const INSTANT =
  /^(?:19[7-9]|[2-9]\d\d)\d-\d{2}-\d{2}[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const INSTANT_SCHEMA: JsonSchema = { type: 'string', format: 'date-time', pattern: INSTANT.source };
const NOT_ZERO = /[1-9]/;
const NOT_A_DOT_SEGMENT = /[^.]|\.{3}/;
export const NEW_ACCOUNT_ID_SCHEMA: JsonSchema = {
  type: 'string',
  pattern: ACCOUNT_ID.source,
  allOf: [{ pattern: NOT_A_DOT_SEGMENT.source }],
};
const METADATA_BYTES_MAX = 16 * 1024;
const EXPONENT = /\de[+-]/;
const METADATA_FILTERS_MAX = 10;
const FACTOR_MAX = 1000;
const UP_TO_A_HUNDRED = /^0*(?:\d{1,2}(?:\.\d+)?|100(?:\.0+)?)$/;
/** A hundred years. */
const GRANT_SECONDS_MAX = 100 * 366 * 24 * 60 * 60;
const UP_TO_RATE_MAX = /^0*(?:\d{1,12}(?:\.\d+)?|10{12}(?:\.0+)?)$/;
const UP_TO_FACTOR_MAX = /^0*(?:1\.\d*[1-9]\d*|(?:[2-9]|[1-9]\d{1,2})(?:\.\d+)?|1000(?:\.0+)?)$/;

export const IsAmount = rule(
  'isAmount',
  `must be ${AMOUNT_FORM}`,
  AMOUNT_SCHEMA,
  (value) => parseAmount(value) !== null,
);
export const IsPositiveAmount = rule(
  'isPositiveAmount',
  POSITIVE_AMOUNT,
  { ...AMOUNT_SCHEMA, allOf: [{ pattern: NOT_ZERO.source }] },
  (value) => {
    const amount = parseAmount(value);
    return amount !== null && !amount.isZero();
  },
);
/** The limit of a rate. */
export const IsRateAmount = rule(
  'isRateAmount',
  `must be ${AMOUNT_FORM}, more than zero and at most ${formatAmount(RATE_AMOUNT_MAX)}; or leave it out and give requests`,
  { ...AMOUNT_SCHEMA, allOf: [{ pattern: NOT_ZERO.source }, { pattern: UP_TO_RATE_MAX.source }] },
  (value) => {
    const amount = parseAmount(value);
    return amount !== null && !amount.isZero() && amount.lte(RATE_AMOUNT_MAX);
  },
);
/** How many requests a rate lets through, where it has no amount. */
export function IsRateRequests(): PropertyDecorator {
  return ValidateBy({
    name: 'isRateRequests',
    constraints: [{ type: 'integer', minimum: 1, maximum: RATE_REQUESTS_MAX } satisfies JsonSchema],
    validator: {
      validate: (value, args) => {
        const { amount } = (args?.object ?? {}) as { readonly amount?: unknown };
        if (amount !== undefined && amount !== null) return false;
        return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= RATE_REQUESTS_MAX;
      },
      defaultMessage: () => `must be a whole number from 1 to ${String(RATE_REQUESTS_MAX)}, without an amount`,
    },
  });
}
/** How many times what is usual. */
export const IsFactor = rule(
  'isFactor',
  `must be a number above 1 and up to ${String(FACTOR_MAX)}: a decimal as a string, or a whole number`,
  {
    type: ['string', 'integer'],
    pattern: PLAIN_DECIMAL.source,
    allOf: [{ pattern: UP_TO_FACTOR_MAX.source }],
    minimum: 2,
    maximum: FACTOR_MAX,
  },
  (value) => {
    const factor = Number.isSafeInteger(value) ? parseAmount(String(value)) : parseAmount(value);
    return factor !== null && factor.gt(1) && factor.lte(FACTOR_MAX);
  },
);
/** A percentage with decimals. */
export const IsPercent = rule(
  'isPercent',
  'must be a percentage from 0 to 100: a decimal as a string, or a whole number',
  {
    type: ['string', 'integer'],
    pattern: PLAIN_DECIMAL.source,
    allOf: [{ pattern: UP_TO_A_HUNDRED.source }],
    minimum: 0,
    maximum: 100,
  },
  (value) => {
    const percent = Number.isSafeInteger(value) ? parseAmount(String(value)) : parseAmount(value);
    return percent !== null && percent.lte(100);
  },
);
/** When credits of a period expire. */
export const IsGrantExpiry = rule(
  'isGrantExpiry',
  `must be "end_of_period", "never", or a whole number of seconds from 1 to ${String(GRANT_SECONDS_MAX)}`,
  { anyOf: [{ enum: ['end_of_period', 'never'] }, { type: 'integer', minimum: 1, maximum: GRANT_SECONDS_MAX }] },
  (value) =>
    value === 'end_of_period' ||
    value === 'never' ||
    (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= GRANT_SECONDS_MAX),
);
/** A whole number, as a JSON number. */
export function IsWhole(min: number, max: number, options?: ValidationOptions): PropertyDecorator {
  const test = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  const schema: JsonSchema = { type: 'integer', minimum: min, maximum: max };
  return rule('isWhole', `must be a whole number from ${min} to ${max}`, schema, test)(options);
}
/** A string of at least `min` and at most `max` characters. The library's own rule counts some of them as none. */
export function IsText(min: number, max: number, options?: ValidationOptions): PropertyDecorator {
  const length = min === 0 ? `at most ${max}` : `${min} to ${max}`;
  const schema: JsonSchema = { type: 'string', ...(min === 0 ? {} : { minLength: min }), maxLength: max };
  return rule('isText', `must be a string of ${length} characters`, schema, (value) => isText(value, min, max))(
    options,
  );
}
export const IsAccountId = form('isAccountId', ACCOUNT_ID_FORM, ACCOUNT_ID);
/** An id for an account to come. `.` and `..` are parts of a path that clients take away before they send it. */
export const IsNewAccountId = rule('isNewAccountId', NEW_ACCOUNT_ID_FORM, NEW_ACCOUNT_ID_SCHEMA, isNewAccountId);
export const IsAuthorizationId = idOf('isAuthorizationId', 'authorization', 'an authorization, like "auth_…"');
export const IsKeyId = idOf('isKeyId', 'key', 'an API key, like "key_…"');
export const IsEndpointId = idOf('isEndpointId', 'endpoint', 'a webhook endpoint, like "whe_…"');
export const IsRateCardId = idOf('isRateCardId', 'rateCard', 'a rate card, like "rate_…"');
export const IsCreditPackageId = idOf('isCreditPackageId', 'creditPackage', 'a credit package, like "package_…"');
export const IsPlanId = idOf('isPlanId', 'plan', 'a plan, like "plan_…"');
export const IsPlanIdOrNull = rule(
  'isPlanIdOrNull',
  'must be the id of a plan, like "plan_…", or null',
  { type: ['string', 'null'], pattern: idPattern('plan') },
  (value) => value === null || (typeof value === 'string' && parsePublicId('plan', value) !== null),
);
/** Where a follower of an account goes on: after an object of this kind, or with the first. */
export function IsPosition(kind: IdKind, example: string): PropertyDecorator {
  return rule(
    'isPosition',
    `must be "start" or an id like "${example}"`,
    { anyOf: [{ const: START }, { type: 'string', pattern: idPattern(kind) }] },
    (value) => value === START || (typeof value === 'string' && parsePublicId(kind, value) !== null),
  )();
}
/** A code of ISO 4217, in either case. */
export const IsCurrency = form('isCurrency', 'must be an ISO 4217 code, like "USD"', /^[A-Za-z]{3}$/);
/** What a report of usage groups by; a tag by its name. */
export const IsMarginGroup = form(
  'isMarginGroup',
  'must be model, provider, event, account, key, token_type, user, or a tag like tag.team',
  /^(?:model|provider|event|account|key|token_type|user|tag\..{1,64})$/,
);
/** What declined requests are grouped by, separated by commas. */
export const IsDeclineGroups = form(
  'isDeclineGroups',
  'must be reason, account or tags like tag.user, up to five of them, separated by commas',
  /^(?:reason|account|tag\.[^,]{1,64})(?:,(?:reason|account|tag\.[^,]{1,64})){0,4}$/,
);
/** What a report of usage is grouped by, separated by commas. */
export const IsUsageGroups = form(
  'isUsageGroups',
  'must be model, event, provider, key, account or tags like tag.user, up to four of them, separated by commas',
  /^(?:model|event|provider|key|account|tag\.[^,]{1,64})(?:,(?:model|event|provider|key|account|tag\.[^,]{1,64})){0,3}$/,
);
/** How many groups are shown by themselves. */
export const IsTop = form('isTop', 'must be a whole number from 1 to 1000', /^(?:[1-9]\d{0,2}|1000)$/);
/** A version of a rate card, in a query. */
export const IsVersion = form('isVersion', 'must be a whole number from 1 to 999999999', /^[1-9]\d{0,8}$/);
export const IsUnit = form('isUnit', 'must be 1 to 32 characters of A–Z a–z 0–9 _ . -', UNIT);
export const IsBudgetName = form('isBudgetName', BUDGET_NAME_FORM, BUDGET_NAME);
export const IsLimit = form('isLimit', 'must be a whole number from 1 to 100', LIMIT);
export const IsWait = form('isWait', 'must be a whole number of seconds from 0 to 86400', WAIT);
export const IsTimeZone = rule(
  'isTimeZone',
  'must be the name of a time zone, like "Europe/Berlin"',
  { type: 'string', format: 'time-zone' },
  isTimeZone,
);
export const IsEnvironmentName = form(
  'isEnvironmentName',
  'must be 1 to 32 characters of a–z 0–9 -, beginning with a letter',
  ENVIRONMENT_NAME,
);
export const IsNetwork = rule(
  'isNetwork',
  'must be an IP address or a network, like "203.0.113.7" or "2001:db8::/32"',
  { type: 'string', format: 'ip-network' },
  (value) => typeof value === 'string' && isNetwork(value),
);
export const IsInstant = rule(
  'isInstant',
  'must be a time in RFC 3339, like "2026-01-31T12:00:00Z"',
  INSTANT_SCHEMA,
  (value) => parseInstant(value) !== null,
);
export const IsFutureInstant = rule(
  'isFutureInstant',
  'must be a time to come in RFC 3339, like "2036-01-31T12:00:00Z"',
  INSTANT_SCHEMA,
  (value) => (parseInstant(value) ?? 0) > Date.now(),
);
export const IsPastInstant = rule(
  'isPastInstant',
  'must be a time that has passed in RFC 3339, like "2026-01-31T12:00:00Z"',
  INSTANT_SCHEMA,
  (value) => (parseInstant(value) ?? Number.POSITIVE_INFINITY) <= Date.now(),
);
export const IsMetadata = rule(
  'isMetadata',
  'must be an object of at most 16 KiB as JSON',
  { type: 'object', additionalProperties: true },
  isMetadata,
);

export const IsMetadataFilter = rule(
  'isMetadataFilter',
  `must be at most ${METADATA_FILTERS_MAX} parameters like metadata.plan=pro, each given once`,
  {
    type: 'object',
    maxProperties: METADATA_FILTERS_MAX,
    propertyNames: { pattern: '^metadata\\..+$' },
    additionalProperties: { type: 'string' },
  },
  isMetadataFilter,
);

/** Postgres and JavaScript both know it, and no clock comes near. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** @returns milliseconds since 1970; `null` for what is no RFC 3339 time between 1970 and 9999. */
export function parseInstant(value: unknown): number | null {
  if (typeof value !== 'string' || !INSTANT.test(value)) return null;
  const time = Date.parse(value);
  return time >= 0 && time <= LAST_INSTANT && isRealDay(value) ? time : null;
}

/** @throws Error for what {@link IsInstant} has not let pass. */
export function mustBeInstant(value: string): number {
  const time = parseInstant(value);
  if (time === null) throw new Error(`${value} is no instant`);
  return time;
}

/** `Date` takes the 31st of February for the 3rd of March. */
function isRealDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

export function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Whether an account may be made with this id. */
export function isNewAccountId(value: unknown): boolean {
  return typeof value === 'string' && ACCOUNT_ID.test(value) && NOT_A_DOT_SEGMENT.test(value);
}

function isMetadata(value: unknown): boolean {
  return isPlainObject(value) && keptBytes(value) <= METADATA_BYTES_MAX;
}

/** What it takes where it is kept, with its numbers written out. */
function keptBytes(value: object): number {
  const text = JSON.stringify(value);
  return Buffer.byteLength(EXPONENT.test(text) ? JSON.stringify(value, writeOut) : text);
}

function writeOut(_name: string, item: unknown): unknown {
  return typeof item === 'number' ? writtenOut(item) : item;
}

function isMetadataFilter(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const wanted = Object.entries(value);
  return wanted.length <= METADATA_FILTERS_MAX && wanted.every(([key, one]) => key !== '' && typeof one === 'string');
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
