import { Command, InvalidArgumentError, Option } from 'commander';
import { growthSizes, type GrowthSizes } from './grow/growth-report.ts';
import type { Mix } from './mixes/mix.ts';
import { allMixes, mixesNamed } from './mixes/mixes.ts';
import type { Row } from './rows/row.ts';
import { ROWS, withBefore } from './rows/rows.ts';

export interface BenchOptions {
  readonly mode: 'table' | 'grow' | 'mixes' | 'pressure' | 'soak' | 'two-processes';
  readonly json: boolean;
  readonly seconds: number;
  readonly rounds: number;
  readonly minutes: number;
  readonly sizes: GrowthSizes;
  readonly rows: readonly Row[];
  readonly mixes: readonly Mix[];
  /** The folder of another checkout, to compare this one with. */
  readonly against: string | null;
}

interface Flags {
  readonly against?: string;
  readonly grow?: true;
  /** `true`: all of them. */
  readonly mixes?: true | readonly string[];
  readonly pressure?: true;
  readonly soak?: true;
  readonly twoProcesses?: true;
  readonly json?: true;
  readonly seconds: number;
  readonly rounds: number;
  readonly minutes: number;
  readonly scale: number;
  readonly only?: readonly string[];
}

/** Reads the command line; where it is wrong, says so and ends the process. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const flags = commandLine()
    .parse([...argv])
    .opts<Flags>();
  const { json = false, seconds, rounds, minutes, scale, only, against = null, mixes: named = true } = flags;
  const asked = only ? ROWS.filter(({ name }) => only.includes(name)) : ROWS;
  const rows = against === null ? asked : withBefore(asked);
  const all = allMixes({ scale, rounds });
  const mixes = named === true ? all : mixesNamed(named, all);
  return { mode: modeOf(flags), json, seconds, rounds, minutes, sizes: growthSizes(scale), rows, mixes, against };
}

const INSTEAD = ['grow', 'mixes', 'pressure', 'soak', 'twoProcesses', 'only'];
const NAMES = allMixes({ scale: 1, rounds: 1 });

function commandLine(): Command {
  return new Command('npm run bench --')
    .description('Measures the service, on a Postgres of its own, beside what it is compared with: one table.')
    .addOption(option('--seconds <s>', 'length of each measurement', numberFrom(0.1, 600)).default(3))
    .addOption(option('--rounds <n>', 'how often each row is measured', wholeNumberFrom(1, 100)).default(3))
    .addOption(new Option('--only <row...>', 'measure these rows only, of those below').argParser(rowName))
    .option('--json', 'write the result as JSON to stdout; progress goes to stderr in any case')
    .addOption(
      new Option('--against <folder>', 'beside what another checkout has built: the table, or the mixes').conflicts([
        'grow',
        'pressure',
        'soak',
        'twoProcesses',
      ]),
    )
    .addOption(
      instead('--mixes [name...]', 'one kind of request beside another: all of those below, or some').argParser(
        mixName,
      ),
    )
    .addOption(instead('--grow', 'what a decision costs when history, accounts, grants and holds have piled up'))
    .addOption(
      option(
        '--scale <x>',
        'how much is piled up, how many accounts a mix has; 1 takes 15 GB of disk to grow',
        numberFrom(0.001, 1),
      ).default(1),
    )
    .addOption(instead('--pressure', 'ask for ten times what it can do, for ten measurements'))
    .addOption(instead('--soak', 'half of what it can do, minute after minute'))
    .addOption(option('--minutes <n>', 'how long a soak lasts', wholeNumberFrom(2, 10_000)).default(10))
    .addOption(instead('--two-processes', 'two service processes on one database, routed and not, beside one'))
    .addHelpText(
      'after',
      `\nRows:\n${list(ROWS)}\n\nMixes, by name or by how the names of several begin:\n${list(NAMES)}`,
    );
}

function list(named: readonly { readonly name: string; readonly what: string }[]): string {
  return named.map(({ name, what }) => `  ${name.padEnd(34)}${what}`).join('\n');
}

function rowName(name: string, earlier: readonly string[] = []): string[] {
  if (ROWS.some((row) => row.name === name)) return [...earlier, name];
  throw new InvalidArgumentError('There is no such row; --help lists them.');
}

function mixName(name: string, earlier: readonly string[] | true | undefined): string[] {
  if (mixesNamed([name], NAMES).length > 0) return [...(Array.isArray(earlier) ? (earlier as string[]) : []), name];
  throw new InvalidArgumentError('There is no such mix; --help lists them.');
}

function modeOf({ grow, mixes, pressure, soak, twoProcesses }: Flags): BenchOptions['mode'] {
  if (grow) return 'grow';
  if (mixes) return 'mixes';
  if (pressure) return 'pressure';
  if (soak) return 'soak';
  return twoProcesses ? 'two-processes' : 'table';
}

/** Another kind of run than the table. */
function instead(flags: string, description: string): Option {
  const kind = new Option(flags, `instead of the table: ${description}`);
  return kind.conflicts(INSTEAD.filter((other) => other !== kind.attributeName()));
}

function option(flags: string, description: string, parse: (text: string) => number): Option {
  return new Option(flags, description).argParser(parse);
}

function wholeNumberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };
}

function numberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a number from ${min} to ${max}.`);
  };
}
