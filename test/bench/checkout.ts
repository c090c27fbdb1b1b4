import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { VerifiedDatabase } from './bench-server.ts';
import type * as FillAccounts from './grow/fill-accounts.ts';

const run = promisify(execFile);
/** The exit code of \`purser verify\` where it found differences. */
const DIFFERENCES = 1;

/** A checkout of the project that has been built: this one, or another to compare it with. */
export class Checkout {
  static readonly now = new Checkout('now', fileURLToPath(new URL('../..', import.meta.url)));

  readonly name: 'now' | 'before';
  readonly folder: string;

  private constructor(name: 'now' | 'before', folder: string) {
    this.name = name;
    this.folder = folder;
  }

  /** @throws Error where nothing was built there. */
  static async before(folder: string): Promise<Checkout> {
    const before = new Checkout('before', resolve(folder));
    const isBuilt = await stat(before.cli).then(
      () => true,
      () => false,
    );
    if (!isBuilt) throw new Error(`${before.cli} isn't there: run \`npm run build\` in ${before.folder} first.`);
    return before;
  }

  /** The `purser` command. */
  get cli(): string {
    return join(this.folder, 'dist/apps/cli/main.js');
  }

  /** The statements that fill a database of this checkout with accounts: another may have other tables. */
  async fillAccounts(...how: Parameters<typeof FillAccounts.fillAccounts>): Promise<void> {
    const file = pathToFileURL(join(this.folder, 'test/bench/grow/fill-accounts.ts')).href;
    const { fillAccounts } = (await import(file)) as typeof FillAccounts;
    await fillAccounts(...how);
  }

  /** Has this checkout recompute the books of a database of its own. */
  async verify(database: string, url: string): Promise<VerifiedDatabase> {
    const { clean, transfers, authorizations } = JSON.parse(await this.#verified(url)) as VerifiedDatabase;
    return { database, clean, transfers, authorizations };
  }

  async #verified(url: string): Promise<string> {
    const env = { PATH: process.env['PATH'], DATABASE_URL: url };
    try {
      const { stdout } = await run(process.execPath, [this.cli, 'verify', '--json'], { env });
      return stdout;
    } catch (error) {
      const { code, stdout = '' } = error as { code?: unknown; stdout?: string };
      if (code === DIFFERENCES) return stdout;
      throw error;
    }
  }
}
