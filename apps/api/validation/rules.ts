import { isNetwork } from '#access';
import { parseAmount, parsePublicId } from '#ledger';
import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';

type Rule = (value: unknown) => boolean;

/** A decorator from a predicate and what it asks for: “must be …”. */
function rule(name: string, must: string, test: Rule): (options?: ValidationOptions) => PropertyDecorator {
  return (options) =>
    ValidateBy(
      { name, validator: { validate: test, defaultMessage: buildMessage((each) => each + must, options) } },
      options,
    );
}

const ACCOUNT_ID = /^[A-Za-z0-9_.:-]{1,128}$/;
const AMOUNT_FORM =
  'a decimal as a string, like "12.5": at most 26 digits before and 12 after the point, no sign, no exponent';
/** What an amount has to be where it can't be zero. */
export const POSITIVE_AMOUNT = `must be ${AMOUNT_FORM}, and more than zero`;

export const IsAmount = rule('isAmount', `must be ${AMOUNT_FORM}`, (value) => parseAmount(value) !== null);
export const IsPositiveAmount = rule('isPositiveAmount', POSITIVE_AMOUNT, (value) => {
  const amount = parseAmount(value);
  return amount !== null && !amount.isZero();
});
export const IsAccountId = rule(
  'isAccountId',
  'must be 1 to 128 characters of A–Z a–z 0–9 _ . : -',
  (value) => typeof value === 'string' && ACCOUNT_ID.test(value),
);
export const IsAuthorizationId = rule(
  'isAuthorizationId',
  'must be the id of an authorization, like "auth_…"',
  (value) => typeof value === 'string' && parsePublicId('authorization', value) !== null,
);
export const IsEndpointId = rule(
  'isEndpointId',
  'must be the id of a webhook endpoint, like "whe_…"',
  (value) => typeof value === 'string' && parsePublicId('endpoint', value) !== null,
);
export const IsUnit = rule(
  'isUnit',
  'must be 1 to 32 characters of A–Z a–z 0–9 _ . -',
  (value) => typeof value === 'string' && /^[A-Za-z0-9_.-]{1,32}$/.test(value),
);
export const IsLimit = rule(
  'isLimit',
  'must be a whole number from 1 to 100',
  (value) => typeof value === 'string' && /^(?:[1-9]\d?|100)$/.test(value),
);
export const IsEnvironmentName = rule(
  'isEnvironmentName',
  'must be 1 to 32 characters of a–z 0–9 -, beginning with a letter',
  (value) => typeof value === 'string' && /^[a-z][a-z0-9-]{0,31}$/.test(value),
);
export const IsNetwork = rule(
  'isNetwork',
  'must be IP addresses or networks, like "203.0.113.7" or "2001:db8::/32"',
  (value) => typeof value === 'string' && isNetwork(value),
);
export const IsTimeZone = rule('isTimeZone', 'must be the name of a time zone, like "Europe/Berlin"', isTimeZone);
export const IsInstant = rule(
  'isInstant',
  'must be a time in RFC 3339, like "2026-01-31T12:00:00Z"',
  (value) => parseInstant(value) !== null,
);
export const IsFutureInstant = rule(
  'isFutureInstant',
  'must be a time to come in RFC 3339, like "2036-01-31T12:00:00Z"',
  (value) => (parseInstant(value) ?? 0) > Date.now(),
);
export const IsPastInstant = rule(
  'isPastInstant',
  'must be a time that has passed in RFC 3339, like "2026-01-31T12:00:00Z"',
  (value) => (parseInstant(value) ?? Number.POSITIVE_INFINITY) <= Date.now(),
);
export const IsTags = rule(
  'isTags',
  'must be an object of at most 50 strings, names up to 64 and values up to 256 characters',
  isTags,
);
export const IsMetadata = rule('isMetadata', 'must be an object of at most 16 KiB as JSON', isMetadata);

const INSTANT = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i;
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

function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function isTags(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const tags = Object.entries(value);
  return (
    tags.length <= 50 &&
    tags.every(([name, tag]) => name.length >= 1 && name.length <= 64 && typeof tag === 'string' && tag.length <= 256)
  );
}

function isMetadata(value: unknown): boolean {
  return isPlainObject(value) && Buffer.byteLength(JSON.stringify(value)) <= 16 * 1024;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
