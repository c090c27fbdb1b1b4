import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, root } from '../support/build.ts';
import { makeFolder } from './make-folder.ts';

beforeAll(build, 120_000);

let folder = '';
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A machine with the programs that every system has, and a `node` that says it is of this version where one is given. */
async function machineWith(version: string | null): Promise<string> {
  const programs = await makeFolder('bin');
  for (const program of ['dirname', 'readlink']) {
    const place = ['/bin', '/usr/bin'].find((one) => existsSync(join(one, program))) ?? '';
    await symlink(join(place, program), join(programs, program));
  }
  if (version !== null) {
    const node = `#!/bin/sh\nif [ "$1" = -p ]; then echo ${version}; else echo "node ${version} $*"; fi\n`;
    await writeFile(join(programs, 'node'), node, { mode: 0o755 });
  }
  return programs;
}

/** The package without the packages that it needs. */
async function packageAlone(): Promise<string> {
  await mkdir(join(folder, 'purser/dist/apps/cli'), { recursive: true });
  await cp(`${root}/bin`, join(folder, 'purser/bin'), { recursive: true });
  await writeFile(join(folder, 'purser/dist/apps/cli/main.js'), '');
  return join(folder, 'purser/bin/purser');
}

function run(
  command: string,
  args: readonly string[],
  path: string,
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { env: { PATH: path } }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

describe('the program that the package installs', () => {
  it('runs on the Node that came along, whichever the machine has, also by a link', async () => {
    // Node comes along for Linux alone.
    folder = await machineWith(process.platform === 'linux' ? '20.20.2' : '24.0.0');
    await symlink(`${root}/bin/purser`, join(folder, 'purser'));
    const { code, out, err } = await run(join(folder, 'purser'), ['--help'], folder);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(process.platform === 'linux' ? /^Usage: purser/ : /^node 24\.0\.0 /);
  });

  it('runs on the machine’s own Node where none came along and that is new enough', async () => {
    folder = await machineWith('24.1.0');
    const purser = await packageAlone();
    const main = join(dirname(dirname(purser)), 'dist/apps/cli/main.js');
    expect(await run(purser, ['verify', 'a b'], folder)).toEqual({
      code: 0,
      out: `node 24.1.0 ${main} verify a b\n`,
      err: '',
    });
  });

  it.each([
    ['22.20.0', /^Purser needs Node 24 or newer, and this machine's is 22\.20\.0\. Install Node 24/],
    [null, /^Purser needs Node 24 or newer, and this machine's is not there\. Install Node 24/],
  ])('says which Node it needs where there is %s', async (version, message) => {
    folder = await machineWith(version);
    const { code, out, err } = await run(await packageAlone(), ['--help'], folder);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
  });

  it('says how to build it where it is not built', async () => {
    folder = await machineWith('24.1.0');
    const purser = await packageAlone();
    await rm(join(folder, 'purser/dist'), { recursive: true });
    expect(await run(purser, ['--help'], folder)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/npm run build/),
    });
  });
});
