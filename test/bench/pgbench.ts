import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** 1 000 000 accounts, 150 MB. */
const SCALE = 10;

/** Where Debian's packages put what they don't put on the PATH. */
const VERSIONS_FOLDER = '/usr/lib/postgresql';

export interface PgbenchResult {
  readonly tps: number;
  readonly latencyMs: number;
}

/** Postgres's own benchmark, on a database of the bench's server. */
export class Pgbench {
  readonly #program: string;
  readonly #databaseUrl: string;

  private constructor(program: string, databaseUrl: string) {
    this.#program = program;
    this.#databaseUrl = databaseUrl;
  }

  /** The program's path; `null` where it isn't installed. */
  static async find(): Promise<string | null> {
    const versions = await readdir(VERSIONS_FOLDER).catch(() => []);
    const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
    const places = ['pgbench', ...newestFirst.map((version) => join(VERSIONS_FOLDER, version, 'bin', 'pgbench'))];
    for (const place of places) if (await canRun(place)) return place;
    return null;
  }

  /** Fills its tables. */
  static async initialize(program: string, databaseUrl: string): Promise<Pgbench> {
    await run(program, ['--initialize', '--quiet', `--scale=${SCALE}`, databaseUrl]);
    return new Pgbench(program, databaseUrl);
  }

  /** `pgbench -N`: an update, a select and an insert in each transaction, no row that all wait for. */
  async run(clients: number, seconds: number): Promise<PgbenchResult> {
    const threads = Math.min(2, clients);
    const options = [
      '-N',
      '-c',
      String(clients),
      '-j',
      String(threads),
      '-T',
      String(Math.max(1, Math.round(seconds))),
    ];
    const { stdout } = await run(this.#program, [...options, this.#databaseUrl]);
    return { tps: figure(stdout, /^tps = ([\d.]+)/m), latencyMs: figure(stdout, /^latency average = ([\d.]+) ms/m) };
  }
}

async function canRun(program: string): Promise<boolean> {
  try {
    await run(program, ['--version']);
    return true;
  } catch (error) {
    // It isn't there; or it is Debian's wrapper, which ends with a code of its own where no version is there.
    const { code } = error as { code?: string | number };
    if (code === 'ENOENT' || typeof code === 'number') return false;
    throw error;
  }
}

function figure(output: string, pattern: RegExp): number {
  const [, text] = pattern.exec(output) ?? [];
  if (text === undefined) throw new Error(`pgbench's output can't be read:\n${output}`);
  return Number(text);
}
