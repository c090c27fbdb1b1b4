import type { Command } from 'commander';
import { readConfig } from '#config';
import { environmentHelp } from './environment-help.ts';

export function registerStart(program: Command): void {
  program
    .command('start')
    .description('start the service with everything it needs; Ctrl-C stops it')
    .addHelpText('after', environmentHelp('start'))
    .action(async () => {
      const { runService } = await import('./run-service.ts');
      await runService(readConfig());
    });
}
