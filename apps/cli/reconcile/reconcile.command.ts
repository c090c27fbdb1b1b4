import { InvalidArgumentError, type Command, type CommanderError } from 'commander';
import { readConfig, type StripeConfig } from '#config';
import { connect } from '#database';
import { reconcilePayments, type PaymentDifference, type Reconciled } from '#payment-store';
import { ProviderUnavailable, stripeModes, type PaymentProvider } from '#payments';
import { reportError } from '../start/report-error.ts';
import { StartError } from '../start/start-error.ts';
import { openBooks } from '../verify/open-books.ts';

const EXIT = { equal: 0, differences: 1, notRun: 2 };

const HELP = `
It compares the payments that Stripe has taken with the purchases and what they brought, both ways. It changes nothing, and the service may run meanwhile.

Environment:
  STRIPE_SECRET_KEY       the key for the environment live
  STRIPE_TEST_SECRET_KEY  the key for all other environments
  DATABASE_URL            the database of the books
  PURSER_DATA_DIR         folder of the embedded Postgres, whose service may be running (.purser)

Exit code: 0 no difference, 1 differences, 2 it could not run
`;

interface ReconcileArguments {
  readonly from: Date;
  readonly to: Date;
  readonly environment: string;
}

/** Adds `purser reconcile stripe`. */
export function registerReconcile(program: Command): void {
  // A mistyped option must not look like a difference.
  const exit = ({ exitCode }: CommanderError): void => process.exit(exitCode === 0 ? EXIT.equal : EXIT.notRun);
  program
    .command('reconcile')
    .description("compare a payment provider's books with ours")
    .exitOverride(exit)
    .command('stripe')
    .description('compare the payments of Stripe with purchases and grants, both ways')
    .requiredOption(
      '--from <time>',
      'payments that were begun from this time on: 2026-11-01, or a time with its zone',
      time,
    )
    .requiredOption('--to <time>', 'and before this one', time)
    .option('--environment <name>', 'the environment', 'live')
    .addHelpText('after', HELP)
    .exitOverride(exit)
    .action(reconcileAndReport);
}

async function reconcileAndReport(options: ReconcileArguments): Promise<void> {
  try {
    const { payments, purchases, differences } = await reconcile(options);
    const counted = `${String(payments)} payments and ${String(purchases)} purchases`;
    console.log(
      `reconcile: ${differences === 0 ? 'no difference' : `${String(differences)} differences`} in ${counted}`,
    );
    process.exitCode = differences === 0 ? EXIT.equal : EXIT.differences;
  } catch (error) {
    reportError(error instanceof ProviderUnavailable ? new StartError(error.message, { cause: error }) : error);
    process.exitCode = EXIT.notRun;
  }
}

async function reconcile({ environment, from, to }: ReconcileArguments): Promise<Reconciled> {
  if (from >= to) throw new StartError('--from must be before --to.');
  // Standard output is the report's.
  const log = (line: string): void => console.error(line);
  const config = readConfig();
  const provider = providerOf(environment, config.stripe);
  await using cleanUp = new AsyncDisposableStack();
  const books = await openBooks(config, { log });
  cleanUp.defer(() => books.close());
  const pool = connect(books.url, { connectionsMax: 1, log });
  cleanUp.defer(() => pool.end());
  const onDifference = (difference: PaymentDifference): void => console.log(formatDifference(difference));
  return await reconcilePayments(pool, provider, { environment, from, to, onDifference, onProgress: progress(log) });
}

function providerOf(environment: string, stripe: StripeConfig): PaymentProvider {
  const isLive = environment === 'live';
  const { live, test } = stripeModes(stripe);
  const provider = isLive ? live : test;
  if (provider) return provider;
  throw new StartError(`Set ${isLive ? 'STRIPE_SECRET_KEY' : 'STRIPE_TEST_SECRET_KEY'}, as the service has it.`);
}

function formatDifference({ kind, purchase, reference, ledger, provider }: PaymentDifference): string {
  return `${kind}  ${purchase}  ${reference ?? 'no payment'}: ledger: ${ledger}; Stripe: ${provider}`;
}

const PROGRESS_EVERY_MS = 2_000;

/** Now and then, so that whoever waits sees that it goes on. */
function progress(log: (line: string) => void): (compared: Reconciled) => void {
  let loggedAt = performance.now();
  return ({ payments, purchases }) => {
    if (performance.now() - loggedAt < PROGRESS_EVERY_MS) return;
    loggedAt = performance.now();
    log(`${String(payments)} payments and ${String(purchases)} purchases compared so far`);
  };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

function time(text: string): Date {
  const date = new Date(text);
  if ((DAY.test(text) || INSTANT.test(text)) && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('It must be a day in UTC, like 2026-11-01, or a time, like 2026-11-01T12:00:00Z.');
}
