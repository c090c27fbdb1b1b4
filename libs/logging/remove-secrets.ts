/**
 * What secrets look like that Purser makes or is sent, and what is left of them. They need not begin a word: in a line of JSON
 * a line break before one is a backslash and an `n`.
 */
const FORMS: readonly (readonly [form: RegExp, left: string])[] = [
  [/(pur_[a-z0-9-]{1,32}_)[\w-]+/g, '$1[removed]'],
  [/whsec_[\w+/=-]+/g, 'whsec_[removed]'],
  [/(Bearer|Basic) +(?!\[removed\])[^\s"\\]+/gi, '$1 [removed]'],
  [/(\w:\/\/[^\s:@/"\\]*):[^\s@"\\]+@/g, '$1:[removed]@'],
];

/** Anything shorter may be a word that has every right to be in a log. */
const GIVEN_LENGTH_MIN = 8;

/**
 * Takes secrets out of lines of JSON: those given, and whatever has their form. Nothing is meant to log one; this is for the
 * error message of some library that quotes what it was given.
 */
export function secretsRemover(secrets: readonly string[]): (line: string) => string {
  // As they stand in JSON, the longest first: one may contain another.
  const given = secrets
    .filter((secret) => secret.length >= GIVEN_LENGTH_MIN)
    .map((secret) => JSON.stringify(secret).slice(1, -1))
    .sort((a, b) => b.length - a.length);
  return (line) => {
    const withoutGiven = given.reduce((text, secret) => text.replaceAll(secret, '[removed]'), line);
    return FORMS.reduce((text, [form, left]) => text.replace(form, left), withoutGiven);
  };
}
