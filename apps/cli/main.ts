#!/usr/bin/env node
import { Command } from 'commander';
import { registerMigrate } from './migrate/migrate.command.ts';
import { registerReplay } from './replay/replay.command.ts';
import { reportError } from './start/report-error.ts';
import { registerStart } from './start/start.command.ts';
import { registerVerify } from './verify/verify.command.ts';

const program = new Command('purser')
  .description('Purser, the prepaid credit ledger.')
  .showHelpAfterError('(purser --help lists the commands)');

registerStart(program);
registerMigrate(program);
registerReplay(program);
registerVerify(program);

try {
  await program.parseAsync();
} catch (error) {
  reportError(error);
  process.exitCode = 1;
}
