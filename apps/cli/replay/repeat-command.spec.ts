import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { repeatCommand } from './repeat-command.ts';
import { registerReplay } from './replay.command.ts';

function repeated(...args: string[]): string {
  const program = new Command();
  registerReplay(program);
  const command = program.commands[0] as Command;
  command.parseOptions(args);
  return repeatCommand(command, "it's a trace.csv", 'r1');
}

describe('repeatCommand', () => {
  it('is the command with its run, and no more, where nothing was given', () => {
    expect(repeated()).toBe(`purser replay 'it'\\''s a trace.csv' --run r1`);
  });

  it('repeats what was given and names the run once', () => {
    expect(repeated('--url', 'http://localhost:3000', '--short-share', '0.25', '--json', '--run', 'r0')).toMatch(
      /csv' --url http:\/\/localhost:3000 --short-share 0\.25 --json --run r1$/,
    );
  });

  it('does not show the key', () => {
    expect(repeated('--key', 'pur_live_secret')).not.toContain('secret');
  });
});
