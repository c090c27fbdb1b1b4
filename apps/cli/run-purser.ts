import { Command } from 'commander';
import { registerApi } from './api/api.command.ts';
import { registerMigrate } from './migrate/migrate.command.ts';
import { registerExport } from './move/export.command.ts';
import { registerImport } from './move/import.command.ts';
import { registerRateCard } from './rate-card/rate-card.command.ts';
import { registerReconcile } from './reconcile/reconcile.command.ts';
import { registerReplay } from './replay/replay.command.ts';
import { registerRollups } from './rollups/rollups.command.ts';
import { reportError } from './start/report-error.ts';
import { registerStart } from './start/start.command.ts';
import { registerVerify } from './verify/verify.command.ts';
import { registerWorker } from './worker/worker.command.ts';

/** As shells count: 128 and the number of SIGPIPE, which Node ignores. */
const READER_GONE = 141;

/**
 * Runs a command to its end. The process then exits with 0, or with 1 where the command has failed and said why.
 *
 * Commands load what serves, and the queues, when they are run: the others start in half the time without.
 */
export async function runPurser(args: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads may stop when it has enough, as `head` does. That is no fault, and 1 would look like verify's differences.
    if (error.code === 'EPIPE') process.exit(READER_GONE);
    throw error;
  });

  const program = new Command('purser')
    .description('Purser, the prepaid credit ledger.')
    .showHelpAfterError('(purser --help lists the commands)');
  registerStart(program);
  registerMigrate(program);
  registerApi(program);
  registerWorker(program);
  registerReplay(program);
  registerVerify(program);
  registerRollups(program);
  registerReconcile(program);
  registerExport(program);
  registerImport(program);
  registerRateCard(program);

  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    reportError(error);
    process.exitCode = 1;
  }
}
