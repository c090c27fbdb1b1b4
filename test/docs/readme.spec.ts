import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { LIVE_KEY, startTestService, type TestService } from '../support/test-service.ts';
import { LEFT_OUT, parseAnswer, stepsIn, type Answer } from './walk-through.ts';

/** What differs from run to run: it must be there, and of the same kind. */
const VARYING = [/^(auth|grant|rate|tr|txn)_[0-7][0-9a-z]{25}$/, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/];
/** Seconds until the earliest hold expires: it depends on how long the reader took. */
const VARYING_NUMBERS = new Set(['retry-after', 'retry_after']);

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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

/** Runs a step as the reader would: in a shell, with the variables that the document asks for. */
async function run(command: string, variables: Record<string, string>): Promise<Answer> {
  const env = { PATH: process.env['PATH'] ?? '', ...variables };
  const { stdout } = await promisify(execFile)('bash', ['-c', command], { env });
  return parseAnswer(stdout);
}

function idIn({ body }: Answer): string {
  return isObject(body) && typeof body['id'] === 'string' ? body['id'] : '';
}

describe('README.md', () => {
  it('shows the answers that its requests really get', async () => {
    const steps = stepsIn(await readFile(new URL('../../README.md', import.meta.url), 'utf8'));
    expect(steps.length).toBeGreaterThanOrEqual(7);
    const ids: Record<string, string> = {};
    for (const { command, shown } of steps) {
      const real = await run(command, { B: service.url, KEY: LIVE_KEY, ...ids });
      const headers = Object.fromEntries(
        Object.keys(shown.headers).map((name) => [name, asShown(real.headers[name], shown.headers[name], name)]),
      );
      const answered = { statusLine: real.statusLine, headers, body: asShown(real.body, shown.body) };
      expect({ command, ...answered }).toEqual({ command, ...shown });
      const id = idIn(real);
      if (id.startsWith('auth_')) ids['AUTH'] = id;
      if (id.startsWith('rate_')) ids['CARD'] = id;
    }
  });
});
