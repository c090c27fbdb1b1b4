import type { MatchLogic } from '@pydantic/genai-prices';

export interface ModelNames {
  readonly names: readonly string[];
  readonly prefixes: readonly string[];
  /** Names that neither says, in words. */
  readonly others: readonly string[];
}

/** A pattern of names that end with a date, like `^gpt-6-sol-\d{4}-\d{2}-\d{2}$`. */
const DATED = /^\^((?:[a-z0-9/-]|\\\.)+-)\\d\{(?:4\}-\\d\{2\}-\\d\{2|8)\}\$$/;

/** The names that a clause of genai-prices means, as whole names and prefixes: a rate card knows no other way. */
export function namesOfModel(match: MatchLogic): ModelNames {
  if ('or' in match) return joined(match.or.map(namesOfModel));
  if ('equals' in match) return { names: [match.equals], prefixes: [], others: [] };
  if ('starts_with' in match) return { names: [], prefixes: [match.starts_with], others: [] };
  if ('ends_with' in match)
    return { names: [match.ends_with], prefixes: [], others: [`others that end with ${match.ends_with}`] };
  if ('contains' in match)
    return { names: [], prefixes: [match.contains], others: [`others that contain ${match.contains}`] };
  if ('and' in match) {
    // The first says how the name begins, the others what it isn't: those have prices under their whole names.
    const [first] = match.and;
    return first ? namesOfModel(first) : { names: [], prefixes: [], others: [] };
  }
  const [, dated] = DATED.exec(match.regex) ?? [];
  if (dated === undefined) return { names: [], prefixes: [], others: [`those like ${match.regex}`] };
  return { names: [], prefixes: [`${dated.replaceAll('\\.', '.')}20`], others: [] };
}

function joined(parts: readonly ModelNames[]): ModelNames {
  return {
    names: [...new Set(parts.flatMap(({ names }) => names))],
    prefixes: [...new Set(parts.flatMap(({ prefixes }) => prefixes))],
    others: parts.flatMap(({ others }) => others),
  };
}
