import { InvalidArgumentError, type Command } from 'commander';
import { readConfig } from '#config';
import { connect } from '#database';
import { rebuildRollups } from '#reports';
import { StartError } from '../start/start-error.ts';
import { openBooks } from '../verify/open-books.ts';

const HELP = `
It adds the journal up anew and corrects each sum that isn't what the journal adds up to. The service may run meanwhile; each account is corrected in a transaction of its own.

Environment:
  DATABASE_URL     the database
  PURSER_DATA_DIR  folder of the embedded Postgres, whose service may be running (.purser)
`;

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const PROGRESS_EVERY = 1_000;

interface Options {
  readonly from?: number;
  readonly to?: number;
}

/** Adds `purser rollups rebuild`. */
export function registerRollups(program: Command): void {
  program
    .command('rollups')
    .description('the sums that reports read')
    .command('rebuild')
    .description('add the journal up anew, and correct the sums')
    .option('--from <day>', 'only sums of this day and later, like 2026-03-01, by UTC', day)
    .option('--to <day>', 'and of days before this one', day)
    .addHelpText('after', HELP)
    .action(rebuild);
}

async function rebuild({ from, to }: Options): Promise<void> {
  if (from !== undefined && to !== undefined && from >= to) throw new StartError('--from must be before --to.');
  // Standard output is the result's.
  const log = (line: string): void => console.error(line);
  await using cleanUp = new AsyncDisposableStack();
  const books = await openBooks(readConfig(), { log });
  cleanUp.defer(() => books.close());
  const pool = connect(books.url, { connectionsMax: 1, log });
  cleanUp.defer(() => pool.end());
  const onProgress = (done: number): void => {
    if (done % PROGRESS_EVERY === 0) log(`${String(done)} accounts`);
  };
  const { accounts, corrected } = await rebuildRollups(pool, { from: from ?? null, to: to ?? null }, onProgress);
  console.log(`rollups: ${String(corrected)} sums corrected, ${String(accounts)} accounts added up anew`);
}

function day(text: string): number {
  const at = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('It must be a day like 2026-03-01.');
  return at;
}
