import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { numberFrom, runName, serviceUrl, wholeNumberFrom } from './option-values.ts';
import { performReplay } from './perform-replay.ts';
import { planReplay } from './plan-replay.ts';
import { readTrace } from './read-trace.ts';
import { repeatCommand } from './repeat-command.ts';
import { readReplayCard, type ReplayCard, USUAL_CARD } from './replay-card.ts';
import { ownTarget, type ReplayTarget, runningTarget } from './replay-target.ts';
import { formatReport } from './report.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import { ReplayError } from './replay-error.ts';

interface ReplayFlags {
  readonly url?: string;
  readonly key?: string;
  readonly dataDir?: string;
  readonly customers: number;
  readonly shortShare: number;
  readonly rateCard?: string;
  readonly maxOutput: number;
  readonly concurrency: number;
  readonly speed?: number;
  readonly limit?: number;
  readonly run?: string;
  readonly retrySeconds: number;
  readonly json?: true;
}

/** Adds `purser replay FILE`. Its exit code is 1 on any error, overspend, missing credit or failed verify. */
export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('replay a trace of model requests: authorize and commit each, then account for every credit')
    .argument('<file>', 'CSV with the columns TIMESTAMP,ContextTokens,GeneratedTokens')
    .addOption(option('--url <url>', 'a running service (default: one is started for the replay)', serviceUrl))
    .option('--key <key>', 'an admin key of the service (default: PURSER_ADMIN_KEY)')
    .addOption(
      new Option('--data-dir <dir>', 'data folder of the service it starts (default: a temporary one)').conflicts(
        'url',
      ),
    )
    .addOption(
      option('--customers <n>', 'customers to spread the requests over', wholeNumberFrom(1, 100_000)).default(100),
    )
    .addOption(
      option('--short-share <share>', 'share of the customers granted too little', numberFrom(0, 1)).default(0.1),
    )
    .option('--rate-card <file>', 'JSON of a rate card with prices per token of models (default: one of three models)')
    .addOption(
      option('--max-output <tokens>', 'tokens of answer to authorize', wholeNumberFrom(1, 10_000_000)).default(1024),
    )
    .addOption(option('--concurrency <n>', 'requests under way at once', wholeNumberFrom(1, 1024)).default(64))
    .addOption(
      option(
        '--speed <factor>',
        'seconds of the trace per second (default: as fast as it goes)',
        numberFrom(0.001, 1e9),
      ),
    )
    .addOption(option('--limit <rows>', 'replay the first rows only', wholeNumberFrom(1, 1e9)))
    .addOption(
      option(
        '--run <name>',
        'begins account ids and idempotency keys: a run replayed again changes nothing (default: a fresh name)',
        runName,
      ),
    )
    .addOption(
      option(
        '--retry-seconds <s>',
        'how long to retry where the service is unavailable',
        wholeNumberFrom(0, 86_400),
      ).default(30),
    )
    .option('--json', 'write the result as JSON')
    .action(replay);
}

function option(flags: string, description: string, parse: (text: string) => unknown): Option {
  return new Option(flags, description).argParser(parse);
}

async function replay(file: string, flags: ReplayFlags, command: Command): Promise<void> {
  const run = flags.run ?? freshRun();
  const stop = new AbortController();
  const ignoreSignals = stopOnSignals(stop);
  try {
    const rows = readTrace(await load('trace', file), file).slice(0, flags.limit);
    const plan = planReplay(rows, { ...flags, run, card: await cardOf(flags.rateCard) });
    process.stderr.write(`run ${run}; the same again: ${repeatCommand(command, file, run)}\n`);
    const target = await openTarget(flags, stop);
    const settings = { ...flags, run, speed: flags.speed ?? null };
    const report = await performReplay(plan, target, settings, stop.signal).finally(() => target.close());
    process.stdout.write(`${flags.json ? JSON.stringify(report, null, 2) : formatReport(report)}\n`);
    process.exitCode = report.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } finally {
    ignoreSignals();
  }
}

async function openTarget({ url, key, dataDir }: ReplayFlags, stop: AbortController): Promise<ReplayTarget> {
  return url === undefined ? ownTarget(dataDir, key, stop) : runningTarget(url, key);
}

async function cardOf(file: string | undefined): Promise<ReplayCard> {
  return file === undefined ? USUAL_CARD : readReplayCard(await load('rate card', file), file);
}

async function load(what: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ReplayError(`The ${what} can't be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Told apart by time and chance, e.g. `replay-20231116T181546-3f9a`. */
function freshRun(): string {
  const second = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `replay-${second}-${randomBytes(2).toString('hex')}`;
}
