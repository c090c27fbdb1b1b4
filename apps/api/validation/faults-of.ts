import { getMetadataStorage, type ValidationError } from 'class-validator';
import { overridesFaults } from './account-prices.ts';
import { sentName } from './body-classes.ts';
import { budgetScopeFaults } from './budget-scope.ts';
import { pricesFaults } from './prices.ts';
import { tagsFaults } from './tags.ts';

/** What is wrong with a field. */
export interface Fault {
  readonly field: string;
  readonly message: string;
}

/** The faults of a field and of what is in it. Their messages are about the field, whose name stands beside them. */
export function faultsOf(error: ValidationError, parent = ''): Fault[] {
  const name = sentName(error.property);
  const field = parent === '' ? name : `${parent}.${name}`;
  return [...ownFaults(error, field), ...(error.children ?? []).flatMap((child) => faultsOf(child, field))];
}

function ownFaults(error: ValidationError, field: string): Fault[] {
  const [constraint, message] = Object.entries(error.constraints ?? {})[0] ?? [];
  if (constraint === undefined || message === undefined) return [];
  if (constraint === 'whitelistValidation') return [{ field, message: 'is not a field of this request' }];
  const value: unknown = error.value;
  if (message.startsWith(REQUIRED)) return [{ field, message }];
  if (value === undefined) return [{ field, message: REQUIRED }];
  if (constraint === 'isPrices') return [...pricesFaults(value, field)];
  if (constraint === 'isOverrides') return [...overridesFaults(value, field)];
  if (constraint === 'isBudgetScope') return [...budgetScopeFaults(value, field)];
  if (constraint === 'isTags')
    return tagsFaults(value).map(({ tag, must, got }) => ({
      field: tag === null ? field : `${field}.${tag}`,
      message: `${must}${not(got)}`,
    }));
  return [{ field, message: phrase(error, constraint, message) }];
}

const REQUIRED = 'is required';
/** The library's words for a check that looks at each item of a list. */
const EACH = /^each value in (?:\w+ )?(?=must )/;

function phrase(error: ValidationError, constraint: string, message: string): string {
  const value: unknown = error.value;
  // The library's messages name the property.
  const unnamed = message.startsWith(`${error.property} `) ? message.slice(error.property.length + 1) : message;
  const isEach = EACH.test(unnamed);
  if ((isEach || constraint.startsWith('array')) && !Array.isArray(value)) return `must be an array${not(value)}`;
  if (constraint === 'arrayUnique') return 'must not contain the same item twice';
  if (constraint === 'nestedValidation') return unnamed;
  if (isEach) return `${unnamed.replace(EACH, 'each ')}${not(firstFailing(error, constraint))}`;
  const plain = unnamed
    .replace(/^must be a boolean value$/, 'must be true or false')
    .replace(/\b1 elements$/, '1 item')
    .replace(/ elements$/, ' items');
  return `${plain}${not(value)}`;
}

/** The first item of a list that fails a check which looks at each. */
function firstFailing({ target = {}, property, value }: ValidationError, constraint: string): unknown {
  const storage = getMetadataStorage();
  const check = storage
    .getTargetValidationMetadatas(target.constructor, '', false, false)
    .find(({ propertyName, name, each }) => each && propertyName === property && name === constraint);
  if (!check) return undefined;
  const [found] = storage.getTargetValidatorConstraints(check.constraintCls);
  const asked = {
    targetName: target.constructor.name,
    object: target,
    property,
    constraints: check.constraints as unknown[],
  };
  return (value as unknown[]).find((item) => found?.instance.validate(item, { ...asked, value: item }) === false);
}

/** What a message quotes of a value. */
const QUOTED_LENGTH_MAX = 60;

/** What came instead, where it is short enough to be shown: `, not "60"`. */
function not(value: unknown): string {
  if (value === undefined || (typeof value === 'object' && value !== null)) return '';
  const quoted = JSON.stringify(value);
  return quoted.length <= QUOTED_LENGTH_MAX ? `, not ${quoted}` : `, not ${quoted.slice(0, QUOTED_LENGTH_MAX)}…`;
}
