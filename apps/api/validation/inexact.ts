import { Amount } from '#amounts';
import { ERRORS_MAX, invalidRequest } from './body-pipe.ts';
import type { Fault } from './faults-of.ts';
import { isVendorRaw } from './vendor-raw.ts';

/** A number of up to 15 digits, without an exponent, survives as a double. Others may or may not. */
const DOUBTFUL_NUMBER = /[:,[\s]-?\d(?:[\d.]{15}|[\d.]*[eE])/;
/** Postgres keeps a number written out, without an exponent. Beyond these it would take many times its room. */
const MAGNITUDE_MAX = 1e40;
const MAGNITUDE_MIN = 1e-40;
/** What a message quotes of a number. */
const QUOTED_LENGTH_MAX = 60;

/**
 * Refuses JSON that parsing changes without a word: numbers that no double holds exactly, and names that an object has
 * twice, of which only the last would be kept. Numbers that would take many times their room where they are kept are
 * refused as well.
 *
 * Most bodies have nothing of the kind, and two quick looks at the text show it: only the others are read once more.
 *
 * @param text valid JSON, nested only a little
 * @param namesParsed how many names the objects have that were made of it
 * @throws {ProblemError} `invalid_request` with every field concerned, or the first of very many
 */
export function refuseInexact(text: string, namesParsed: number): void {
  if (!DOUBTFUL_NUMBER.test(text) && namesIn(text) === namesParsed) return;
  const scan = new Scan(text);
  scan.value();
  if (scan.faults.length > 0) throw invalidRequest(scan.faults);
}

/** Counts what may be the end of a name; in a text, `":` may only look like one. */
function namesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    const before = text.charCodeAt(at - 1);
    if (before === QUOTE || isSpace(before)) count += 1;
  }
  return count;
}

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const CLOSING_BRACKET = ']'.charCodeAt(0);
const CLOSING_BRACE = '}'.charCodeAt(0);

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function endsScalar(code: number): boolean {
  return code === COMMA || code === CLOSING_BRACKET || code === CLOSING_BRACE || isSpace(code);
}

/** Goes through a text that is known to be JSON, and finds what parsing changes. */
class Scan {
  readonly faults: Fault[] = [];
  private at = 0;
  private readonly path: string[] = [];

  constructor(private readonly text: string) {}

  value(): void {
    switch (this.next()) {
      case '{':
        this.object();
        return;
      case '[':
        this.list();
        return;
      case '"':
        this.string();
        return;
      default:
        this.scalar();
    }
  }

  private object(): void {
    const names = new Set<string>();
    this.at += 1;
    while (this.next() !== '}') {
      const name = JSON.parse(this.string()) as string;
      this.path.push(name);
      if (names.has(name)) this.fault('must not be given twice');
      names.add(name);
      this.skip(':');
      this.value();
      this.path.pop();
      this.skip(',');
    }
    this.at += 1;
  }

  private list(): void {
    this.at += 1;
    for (let index = 0; this.next() !== ']'; index += 1) {
      this.path.push(String(index));
      this.value();
      this.path.pop();
      this.skip(',');
    }
    this.at += 1;
  }

  /** @returns it as it is written */
  private string(): string {
    const from = this.at;
    do this.at += this.text.charCodeAt(this.at) === BACKSLASH ? 2 : 1;
    while (this.text.charCodeAt(this.at) !== QUOTE);
    this.at += 1;
    return this.text.slice(from, this.at);
  }

  private scalar(): void {
    const from = this.at;
    while (!endsScalar(this.text.charCodeAt(this.at))) this.at += 1;
    const written = this.text.slice(from, this.at);
    if (LITERALS.has(written) || SHORT_NUMBER.test(written)) return;
    const number = Number(written);
    if (!isSameNumber(written, number)) this.fault(mustBeString(written, `would become ${JSON.stringify(number)}`));
    else if (!isModest(number)) this.fault(mustBeString(written, 'is too large or too close to zero'));
  }

  /** @returns the next character that isn't space */
  private next(): string {
    while (isSpace(this.text.charCodeAt(this.at))) this.at += 1;
    return this.text.charAt(this.at);
  }

  private skip(separator: string): void {
    if (this.next() === separator) this.at += 1;
  }

  private fault(message: string): void {
    if (this.faults.length <= ERRORS_MAX && !isVendorRaw(this.path))
      this.faults.push({ field: this.path.join('.'), message });
  }
}

const LITERALS: ReadonlySet<string> = new Set(['true', 'false', 'null']);
const SHORT_NUMBER = /^-?[\d.]{1,15}$/;
const FEW_DIGITS = /^-?[\d.]{1,15}[eE]/;

/** Whether the double nearest to a number is written as the same number again. */
function isSameNumber(written: string, number: number): boolean {
  // Of up to 15 digits every number is, unless it is too small or large for a double.
  if (isModest(number) && number !== 0 && FEW_DIGITS.test(written)) return true;
  return Number.isFinite(number) && new Amount(written).eq(number);
}

function isModest(number: number): boolean {
  const magnitude = Math.abs(number);
  return magnitude === 0 || (magnitude >= MAGNITUDE_MIN && magnitude < MAGNITUDE_MAX);
}

function mustBeString(written: string, reason: string): string {
  const quoted = written.length <= QUOTED_LENGTH_MAX ? written : `${written.slice(0, QUOTED_LENGTH_MAX)}…`;
  return `must be sent as a string: as a number, ${quoted} ${reason}`;
}
