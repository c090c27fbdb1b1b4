import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LEFT_OUT, parseAnswer, type Answer, type Step } from './walk-through.ts';

/** A step, and what it really got, as the document would show it. */
export interface FollowedStep {
  readonly command: string;
  readonly shown: Answer;
  readonly answered: Answer;
}

/** What differs from run to run: it must be there, and of the same kind. */
const VARYING = [/^(auth|grant|rate|tr|txn)_[0-7][0-9a-z]{25}$/, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/];
/** Seconds until the earliest hold expires: it depends on how long the reader took. */
const VARYING_NUMBERS = new Set(['retry-after', 'retry_after']);
/** The variables that documents ask their readers to set, by the kind of id that an answer has. */
const VARIABLES: Readonly<Record<string, string>> = { auth: 'AUTH', rate: 'CARD' };

/** Runs the steps of a document one after the other, as a reader would: in a shell. */
export async function followSteps(
  steps: readonly Step[],
  variables: Readonly<Record<string, string>>,
): Promise<FollowedStep[]> {
  const known: Record<string, string> = { ...variables };
  const followed: FollowedStep[] = [];
  for (const { command, shown } of steps) {
    const real = await run(command, known);
    const headers = Object.fromEntries(
      Object.keys(shown.headers).map((name) => [name, asShown(real.headers[name], shown.headers[name], name)]),
    ) as Answer['headers'];
    const answered = { statusLine: real.statusLine, headers, body: asShown(real.body, shown.body) };
    followed.push({ command, shown, answered });
    const id = idIn(real);
    const variable = VARIABLES[id.slice(0, id.indexOf('_'))];
    if (variable !== undefined) known[variable] = id;
  }
  return followed;
}

async function run(command: string, variables: Readonly<Record<string, string>>): Promise<Answer> {
  const env = { PATH: process.env['PATH'] ?? '', ...variables };
  const { stdout } = await promisify(execFile)('bash', ['-c', command], { env });
  return parseAnswer(stdout);
}

/** The answer as the document shows it: without what it leaves out, and with its own ids and times where they vary. */
function asShown(real: unknown, shown: unknown, name = ''): unknown {
  if (VARYING_NUMBERS.has(name) && Number(real) > 0) return shown;
  if (typeof shown === 'string' && VARYING.some((kind) => kind.test(shown) && kind.test(String(real)))) return shown;
  if (Array.isArray(shown) && Array.isArray(real)) return real.map((item, index) => asShown(item, shown[index]));
  if (!isObject(shown) || !isObject(real)) return real;
  const fields = Object.entries(real)
    .filter(([field]) => field in shown || !(LEFT_OUT in shown))
    .map(([field, value]) => [field, asShown(value, shown[field], field)]);
  return { ...Object.fromEntries(fields), ...(LEFT_OUT in shown ? { [LEFT_OUT]: 0 } : {}) };
}

function idIn({ body }: Answer): string {
  return isObject(body) && typeof body['id'] === 'string' ? body['id'] : '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
