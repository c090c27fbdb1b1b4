import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DatabaseError } from '../database-error.ts';
import { makeDataFolder } from './data-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'purser-folder-')));
});
afterEach(() => rm(folder, { recursive: true }));

/** Calls one of the functions in a process of another user; there is none for who isn't root, whom modes keep out too. */
async function messageToOther(module: string, call: string): Promise<string> {
  const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const source = `import { ${call} } from ${JSON.stringify(new URL(module, import.meta.url).href)};
    await ${call}(${JSON.stringify(folder)}).catch((error) => console.log(error.name + ': ' + error.message))`;
  const args = ['--conditions=source', '--input-type=module', '-e', source];
  const { stdout } = await promisify(execFile)(process.execPath, args, { ...other, cwd: '/' });
  return stdout;
}

describe('a data folder', () => {
  it('is made where there is none, with the folders that it is in', async () => {
    const { root } = await makeDataFolder(join(folder, 'a', 'b'));
    expect(await readdir(root)).toEqual([]);
  });

  it('may be empty, hold what a file system or an editor leaves there, or data of Purser’s', async () => {
    for (const name of ['.keep', 'lost+found', 'postgres']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'notes'), '');
    expect((await makeDataFolder(folder)).root).toBe(folder);
  });

  it('is refused where it is a file, or in one', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const path of [file, join(file, 'data')]) {
      await expect(makeDataFolder(path)).rejects.toThrow(`PURSER_DATA_DIR=${path} leads to a file`);
    }
  });

  it('is refused where it is somebody else’s, and stays as it is', async () => {
    await writeFile(join(folder, 'thesis.tex'), '');
    const refused = makeDataFolder(folder);
    await expect(refused).rejects.toThrow(DatabaseError);
    await expect(refused).rejects.toThrow(
      `PURSER_DATA_DIR=${folder} isn't a data folder of Purser's: there is thesis.tex in it`,
    );
    expect(await readdir(folder)).toEqual(['thesis.tex']);
  });

  it('is refused where it is the data of another Postgres', async () => {
    await writeFile(join(folder, 'PG_VERSION'), '18\n');
    await expect(makeDataFolder(folder)).rejects.toThrow(/is the data directory of a Postgres server.*DATABASE_URL/);
  });

  it.each(['secrets-key', 'service.json', 'postgres.password', 'postgres.log'])(
    'with a %s of another user’s says who that is and what to do, also to commands beside the service',
    async (name) => {
      await chmod(folder, 0o777);
      const path = join(folder, name);
      await writeFile(path, '');
      await chmod(path, process.getuid?.() === 0 ? 0o600 : 0o000);
      const expected = `DatabaseError: ${path} belongs to another user (uid ${String(process.getuid?.())})`;
      expect(await messageToOther('./data-folder.ts', 'makeDataFolder')).toContain(expected);
      expect(await messageToOther('./find-running-database.ts', 'findRunningDatabase')).toMatch(/chown -R \d+/);
    },
  );

  it('that its user can’t enter says so', async () => {
    await chmod(folder, process.getuid?.() === 0 ? 0o700 : 0o000);
    expect(await messageToOther('./data-folder.ts', 'makeDataFolder')).toMatch(
      /^DatabaseError: Can't write to the data folder/,
    );
    expect(await messageToOther('./find-running-database.ts', 'findRunningDatabase')).toMatch(
      /^DatabaseError: Can't write/,
    );
    await chmod(folder, 0o700);
  });
});
