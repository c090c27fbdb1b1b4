import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { purser } from './purser-run.ts';

const COMMANDS = ['start', 'migrate', 'api', 'worker', 'replay', 'verify', 'rate-card'];

/** The variables that its `--help` names, in that order. */
async function variablesOf(command: string): Promise<string[]> {
  const { code, out } = await purser([command, '--help']);
  expect(code).toBe(0);
  const [, listed = ''] = out.split('\nEnvironment:\n');
  return [...listed.matchAll(/^ {2}([A-Z][A-Z0-9_]*) {2,}\S/gm)].map(([, name = '']) => name);
}

describe('purser', () => {
  it('lists its commands, each with what it does, where asked for help', async () => {
    const { code, out, err } = await purser(['--help']);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command}( \\S+)* {2,}\\S+`, 'm'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('lists every variable that is documented: the worker’s port with the worker, all others with start', async () => {
    const text = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(/^## `([A-Z][A-Z0-9_]*)`$/gm)].map(([, name]) => name);
    const listed = new Set([...(await variablesOf('start')), ...(await variablesOf('worker'))]);
    expect([...listed].sort()).toEqual(documented.sort());
  });

  it('lists the variables of each process that runs apart, DATABASE_URL first', async () => {
    for (const [command, some] of [
      ['api', ['HOST', 'PORT', 'PURSER_RATE_LIMIT', 'REDIS_URL']],
      ['worker', ['PURSER_IDEMPOTENCY_DAYS']],
      ['migrate', ['PURSER_ADMIN_KEY', 'PURSER_TEST_ADMIN_KEY']],
    ] as const) {
      const [first, ...others] = await variablesOf(command);
      expect(first).toBe('DATABASE_URL');
      expect(others).toEqual(expect.arrayContaining([...some]));
    }
  });

  it('suggests the command that was meant, where there is none of that name, and where to find the others', async () => {
    const { code, out, err } = await purser(['strat']);
    expect(err).toBe(`error: unknown command 'strat'\n(Did you mean start?)\n(purser --help lists the commands)\n`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  it('does nothing and says what it can do, where no command is given', async () => {
    const { code, out, err } = await purser([]);
    for (const command of COMMANDS) expect(err).toContain(`  ${command} `);
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });
});
