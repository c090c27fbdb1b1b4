import { ValidateBy } from 'class-validator';
import { isPlainObject, isText } from './rules.ts';

const TAGS_MAX = 50;
const NAME_LENGTH_MAX = 64;
const LENGTH_MAX = 256;
const MUST = `must be an object of at most ${String(TAGS_MAX)} strings, names up to ${String(NAME_LENGTH_MAX)} and values up to ${String(LENGTH_MAX)} characters`;

/** An object of a few short strings. */
export function IsTags(): PropertyDecorator {
  const schema = {
    type: 'object',
    maxProperties: TAGS_MAX,
    propertyNames: { minLength: 1, maxLength: NAME_LENGTH_MAX },
    additionalProperties: { type: 'string', maxLength: LENGTH_MAX },
  };
  return ValidateBy({
    name: 'isTags',
    constraints: [schema],
    validator: { validate: (value) => tagsFaults(value).length === 0, defaultMessage: () => MUST },
  });
}

/** The same as parameters of a query, `tag.NAME=value` for each. */
export function IsTagParameters(): PropertyDecorator {
  const schema = {
    type: 'object',
    maxProperties: TAGS_MAX,
    propertyNames: { pattern: '^tag\\..+$', maxLength: 'tag.'.length + NAME_LENGTH_MAX },
    additionalProperties: { type: 'string', maxLength: LENGTH_MAX },
  };
  return ValidateBy({
    name: 'isTagParameters',
    constraints: [schema],
    validator: {
      validate: (value) => tagsFaults(value).length === 0,
      defaultMessage: () => `must be at most ${String(TAGS_MAX)} parameters like tag.user=u-184, each given once`,
    },
  });
}

interface TagsFault {
  /** The name of the tag; `null` where it is about all of them. */
  readonly tag: string | null;
  readonly must: string;
  readonly got?: unknown;
}

/** What is wrong with tags, each tag by its name. */
export function tagsFaults(value: unknown): readonly TagsFault[] {
  if (!isPlainObject(value)) return [{ tag: null, must: MUST, got: value }];
  const tags = Object.entries(value);
  if (tags.length > TAGS_MAX || tags.some(([name]) => !isText(name, 1, NAME_LENGTH_MAX)))
    return [{ tag: null, must: MUST }];
  return tags
    .filter(([, tag]) => !isText(tag, 0, LENGTH_MAX))
    .map(([name, tag]) => ({
      tag: name,
      must: `must be a string of at most ${String(LENGTH_MAX)} characters`,
      got: tag,
    }));
}
