import { describe, expect, it } from '@jest/globals';
import { purser } from './purser-run.ts';

const COMMANDS = ['start', 'migrate', 'replay', 'verify'];

describe('purser', () => {
  it('lists its commands, each with what it does, where asked for help', async () => {
    const { code, out, err } = await purser(['--help']);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command}( \\S+)* {2,}\\S+`, 'm'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('lists every variable that start reads', async () => {
    const { code, out } = await purser(['start', '--help']);
    expect(out).toMatch(/^Environment:$/m);
    for (const variable of ['PORT', 'HOST', 'DATABASE_URL', 'PURSER_DATA_DIR', 'PURSER_ADMIN_KEY']) {
      expect(out).toMatch(new RegExp(`^  ${variable} +\\S`, 'm'));
    }
    expect(code).toBe(0);
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
