import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processesOn } from '../cli/processes-on.ts';
import { eventually } from '../support/eventually.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { copyProject } from './project-copy.ts';

/** Each compiles at least once. */
const TEST_MS_MAX = 240_000;

let project: Awaited<ReturnType<typeof copyProject>>;
beforeAll(async () => {
  project = await copyProject();
}, 120_000);
afterAll(() => project.remove());

let watching: Watching | null = null;
afterEach(() => watching?.interrupt());

/** A command that runs until it is interrupted, in a process group of its own, as in a terminal. */
class Watching {
  /** What it and all that it has started wrote. */
  written = '';
  private constructor(private readonly child: ChildProcess) {}

  static start(command: string, environment: Readonly<Record<string, string>>): Watching {
    const env = { PATH: process.env['PATH'], PORT: '0', ...environment };
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const child = spawn('sh', ['-c', `exec ${command}`], {
      cwd: project.folder,
      env,
      stdio: [...stdio],
      detached: true,
    });
    const started = new Watching(child);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (started.written += text));
    return started;
  }

  /** Waits until it has written this so many times. */
  async writes(pattern: RegExp, times: number): Promise<void> {
    // The first compilation, on a busy machine.
    const deadline = Date.now() + TEST_MS_MAX / 2;
    while ((this.written.match(new RegExp(pattern, 'gm')) ?? []).length < times) {
      if (this.child.exitCode !== null || Date.now() > deadline)
        throw new Error(`It didn't write ${pattern.source} ${times} times:\n${this.written}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ctrl-C: the terminal sends it to the whole group. @returns the exit code */
  async interrupt(): Promise<number | null> {
    const { pid, exitCode } = this.child;
    if (pid === undefined || exitCode !== null) return exitCode;
    const ended = once(this.child, 'exit') as Promise<[number | null]>;
    process.kill(-pid, 'SIGINT');
    return (await ended)[0];
  }
}

/** Changes what a room is compiled to, as an editor does. */
function change(file: string): Promise<void> {
  return appendFile(join(project.folder, file), `\nexport const changedAt${String(Date.now())} = 0;\n`);
}

async function leavesNothingBehind(): Promise<void> {
  await eventually('all its processes end', async () => (await processesOn(project.folder)).length === 0);
}

describe('npm run dev', () => {
  it(
    'starts the service, restarts it when a file of an app or a library changes, and leaves no process behind after Ctrl-C',
    async () => {
      watching = Watching.start('npm run dev', { PURSER_DATA_DIR: join(project.folder, '.purser') });
      await watching.writes(/^ready on http:/, 1);
      for (const [file, times] of [
        ['libs/webhooks/retry-schedule.ts', 2] as const,
        ['apps/cli/run-purser.ts', 3] as const,
      ]) {
        await change(file);
        await watching.writes(/^ready on http:/, times);
      }
      // The data is kept between restarts.
      expect(watching.written.match(/shown only once/g)).toHaveLength(2);
      expect(await watching.interrupt()).toBe(0);
      expect(watching.written).toMatch(/\nstopping: [^\n]*\n$/);
      await leavesNothingBehind();
    },
    TEST_MS_MAX,
  );

  it(
    'logs every request for people to read, and keeps the service running if a change does not compile',
    async () => {
      watching = Watching.start('npm run dev', { PURSER_DATA_DIR: join(project.folder, '.purser') });
      await watching.writes(/^ready on http:/, 1);
      const file = join(project.folder, 'apps/cli/run-purser.ts');
      const text = await readFile(file, 'utf8');
      await appendFile(file, 'export const wrong: string = 1;\n');
      await watching.writes(/Found 1 error/, 1);
      const url = /^ready on (\S+)/m.exec(watching.written)?.[1] ?? '';
      expect((await fetch(`${url}/v1/accounts`)).status).toBe(401);
      await watching.writes(/DEBUG.*: request$/, 1);
      expect(await watching.interrupt()).toBe(0);
      await writeFile(file, text);
    },
    TEST_MS_MAX,
  );
});

describe('nest start api --watch', () => {
  it(
    'answers requests, restarts when a file of a library changes, and stops on Ctrl-C',
    async () => {
      const database = await createTestDatabase();
      const nest = join(project.folder, 'node_modules/.bin/nest');
      watching = Watching.start(`${nest} start api --watch --preserveWatchOutput`, { DATABASE_URL: database.url });
      await watching.writes(/^ready on http:/, 1);
      await change('libs/webhooks/retry-schedule.ts');
      await watching.writes(/^ready on http:/, 2);
      const url = [...watching.written.matchAll(/^ready on (\S+)$/gm)].at(-1)?.[1] ?? '';
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      await watching.interrupt();
      await leavesNothingBehind();
      await database.drop();
    },
    TEST_MS_MAX,
  );
});
