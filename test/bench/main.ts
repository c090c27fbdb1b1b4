import { Checkout } from './checkout.ts';
import { runGrow } from './grow/grow.ts';
import { runMixes } from './modes/mixes.ts';
import type { Outcome, RunOptions } from './modes/mode.ts';
import { runPressure } from './modes/pressure.ts';
import { runSoak } from './modes/soak.ts';
import { runTable } from './modes/table.ts';
import { runTwoProcesses } from './modes/two-processes.ts';
import { readOptions, type BenchOptions } from './options.ts';

/** As shells count: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

const options = readOptions(process.argv);
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    log('stopping');
    interrupted.abort();
  });
}

try {
  const { report, text } = await run({ ...options, log, signal: interrupted.signal });
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : `\n${text}\n`);
  if (report.verified.some(({ clean }) => !clean) || report.failed?.length) process.exitCode = 1;
} catch (error) {
  process.exitCode = interrupted.signal.aborted ? INTERRUPTED : 1;
  if (!interrupted.signal.aborted) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

async function run(all: BenchOptions & RunOptions): Promise<Outcome> {
  const { against } = all;
  const before = against === null ? null : await Checkout.before(against);
  switch (all.mode) {
    case 'table':
      return runTable({ ...all, before });
    case 'grow':
      return runGrow(all);
    case 'mixes':
      return runMixes({ ...all, checkouts: before ? [before, Checkout.now] : [Checkout.now] });
    case 'pressure':
      return runPressure(all);
    case 'soak':
      return runSoak(all);
    case 'two-processes':
      return runTwoProcesses(all);
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
