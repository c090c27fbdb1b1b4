import type { ConfigFault } from './config-error.ts';
import { KNOWN_VARIABLES, type KnownVariable } from './known-variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'PURSER_';
/** So many letters may be missing, too many, wrong or swapped. */
const DISTANCE_MAX = 2;
/** Kubernetes sets variables for each service of a namespace, also for one that is called purser. */
const SERVICE_LINK = /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//;

/**
 * Variables whose names are nearly those of Purser's own. A limit that is ignored because its name is misspelt may cost money,
 * so each of them is a fault.
 */
export function misspeltVariables(env: Environment): ConfigFault[] {
  return unknownNames(env).flatMap((variable) => {
    const meant = nearest(variable);
    return meant === null
      ? []
      : [{ variable, problem: `isn't a variable of Purser (did you mean ${meant}?)`, example: `${meant}=…` }];
  });
}

/** Variables that begin as Purser's own do, and aren't: they are ignored, and the operator should know. */
export function unknownVariables(env: Environment = process.env): string[] {
  return unknownNames(env).filter((name) => name.startsWith(PREFIX) && nearest(name) === null);
}

function unknownNames(env: Environment): string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    const isServiceLink = SERVICE_LINK.test(name) || SERVICE_ADDRESS.test(value);
    return value.trim() === '' || isServiceLink || KNOWN_VARIABLES.some((known) => known === name) ? [] : [name];
  });
}

function nearest(name: string): KnownVariable | null {
  return KNOWN_VARIABLES.find((known) => isNearly(name, known)) ?? null;
}

function isNearly(name: string, known: KnownVariable): boolean {
  // Names as short and common as PORT are near to those of other programs.
  if (!known.startsWith(PREFIX)) return name === `${PREFIX}${known}`;
  return sorted(name) === sorted(known) || distance(name.toUpperCase(), known) <= DISTANCE_MAX;
}

/** The words of a name in one order, whatever order they stand in. */
function sorted(name: string): string {
  return name.toUpperCase().split('_').sort().join('_');
}

/** How many letters have to be added, removed, replaced or swapped with the next one to make one text of the other. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const steps = [
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        ...(isSwapped && row > 1 && column > 1 ? [at(beforeLast, column - 2) + 1] : []),
      ];
      current.push(Math.min(...steps));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Number.POSITIVE_INFINITY;
}
