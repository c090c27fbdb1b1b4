import { unknownVariables } from '#config';

/** Tells the operator what is set in vain. */
export function warnOfUnknownVariables(warn: (line: string) => void): void {
  for (const name of unknownVariables()) {
    warn(`${name} isn't a variable of Purser, and is ignored (docs/configuration.md lists them all)`);
  }
}
