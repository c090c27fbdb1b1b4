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
const VARYING = [
  /^(auth|bud|evt|grant|key|lim|package|plan|purchase|raise|top|rate|tr|txn)_[0-7][0-9a-z]{25}$/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
];
/** Seconds until the earliest hold expires: it depends on how long the reader took. */
const VARYING_NUMBERS = new Set(['retry-after', 'retry_after']);
/** Says that a step comes after the worker has had its turn. */
const LATER = /# a few seconds later$/m;

export interface FollowOptions {
  /** That the document asks its readers to set before they begin. */
  readonly variables: Readonly<Record<string, string>>;
  /** Does what a worker does within a few seconds. */
  readonly work?: () => Promise<void>;
}

/** Runs the steps of a document one after the other, as a reader would: in a shell. */
export async function followSteps(steps: readonly Step[], { variables, work }: FollowOptions): Promise<FollowedStep[]> {
  const known: Record<string, string> = { ...variables };
  const followed: FollowedStep[] = [];
  for (const { command, shown, kept } of steps) {
    if (LATER.test(command)) await work?.();
    const output = await run(command, known);
    if (!shown) continue;
    const real = parseAnswer(output);
    const headers = Object.fromEntries(
      Object.keys(shown.headers).map((name) => [name, asShown(real.headers[name], shown.headers[name], name)]),
    ) as Answer['headers'];
    const answered = { statusLine: real.statusLine, headers, body: asShown(real.body, shown.body) };
    followed.push({ command, shown, answered });
    if (kept) known[kept.variable] = valueIn(real.body, kept.prefix);
  }
  return followed;
}

/** @throws Error where a command fails; a refusal is no failure of `curl -i` */
async function run(command: string, variables: Readonly<Record<string, string>>): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', ...variables };
  const { stdout } = await promisify(execFile)('bash', ['-ec', command], { env });
  return stdout;
}

/** The answer as the document shows it: without what it leaves out, and with its own ids and times where they vary. */
function asShown(real: unknown, shown: unknown, name = ''): unknown {
  if (VARYING_NUMBERS.has(name) && Number(real) > 0) return shown;
  if (typeof shown === 'string' && typeof real === 'string' && isAlike(real, shown)) return shown;
  if (Array.isArray(shown) && Array.isArray(real)) return real.map((item, index) => asShown(item, shown[index]));
  if (!isObject(shown) || !isObject(real)) return real;
  const fields = Object.entries(real)
    .filter(([field]) => field in shown || !(LEFT_OUT in shown))
    .map(([field, value]) => [field, asShown(value, shown[field], field)]);
  return { ...Object.fromEntries(fields), ...(LEFT_OUT in shown ? { [LEFT_OUT]: 0 } : {}) };
}

function isAlike(real: string, shown: string): boolean {
  if (shown.endsWith(LEFT_OUT)) return real.startsWith(shown.slice(0, -LEFT_OUT.length));
  return VARYING.some((kind) => kind.test(shown) && kind.test(real));
}

/** An API key where one was made, or an id. */
function valueIn(body: unknown, prefix: string): string {
  const values = isObject(body) ? [body['key'], body['id']] : [];
  const value = values.find((one) => typeof one === 'string' && one.startsWith(prefix));
  if (typeof value !== 'string') throw new Error(`no ${prefix}… in ${JSON.stringify(body)}`);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
