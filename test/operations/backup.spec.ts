import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.ts';
import { makeFolder } from '../cli/make-folder.ts';
import { purser } from '../cli/purser-run.ts';
import { startService } from '../cli/service-run.ts';
import { expectNothingLost, expectReplays } from '../faults/expect-nothing-lost.ts';
import { Load } from '../faults/load.ts';
import { DatabaseUnderTest, PostgresUnderTest } from '../faults/postgres-under-test.ts';
import { ServiceProcess } from '../faults/service-process.ts';
import { administer, withDatabase } from '../support/test-database.ts';
import { configure, InstalledPostgres, type InstalledServer } from './installed-postgres.ts';

const TEST_MS_MAX = 180_000;
const KEY = 'the-admin-key-of-what-is-backed-up';

const installed = await InstalledPostgres.find();
if (installed === null) {
  process.stderr.write('No Postgres is installed with pg_dump and pg_basebackup: backups are not tried.\n');
}

/** What was started, to be stopped in the opposite order. */
const started: { remove(): Promise<unknown> }[] = [];
function kept<Started extends { remove(): Promise<unknown> }>(one: Started): Started {
  started.push(one);
  return one;
}

let folder: string;
beforeAll(async () => {
  folder = await makeFolder('operations');
});
afterAll(async () => {
  for (const one of started.reverse()) await one.remove();
  await rm(folder, { recursive: true, force: true });
}, TEST_MS_MAX);

describe('a copy of the data folder of a Purser that was stopped', () => {
  it(
    'is a backup: started on it, it answers as before, and its books are in order',
    async () => {
      const original = await startService(`${folder}/original`, { PURSER_ADMIN_KEY: KEY });
      const client = original.client(KEY);
      await using load = Load.start(() => client);
      await load.progress(100);
      await load.stop();
      await original.end('SIGTERM');
      await promisify(execFile)('cp', ['-a', `${folder}/original`, `${folder}/restored`]);

      const restored = await startService(`${folder}/restored`);
      kept({ remove: () => restored.end('SIGTERM') });
      await expectNothingLost(load, new PostgresUnderTest(`${folder}/restored`), [restored.client(KEY)]);
    },
    TEST_MS_MAX,
  );
});

for (const postgres of installed === null ? [] : [installed]) {
  describe('a backup that is made while the service works', () => {
    let primary: InstalledServer;
    let archive: string;
    let service: ServiceProcess;
    beforeAll(async () => {
      archive = await postgres.makeFolder(`${folder}/archive`);
      primary = kept(
        await postgres.startNew(`${folder}/primary`, ['archive_mode=on', `archive_command=cp %p ${archive}/%f`]),
      );
      service = kept(await ServiceProcess.onDatabase(primary.url));
    }, TEST_MS_MAX);

    /** A copy of the primary's files. */
    async function copyPrimary(name: string, ...options: readonly string[]): Promise<string> {
      const data = await postgres.makeFolder(`${folder}/${name}`);
      await postgres.run('pg_basebackup', [
        `--dbname=${primary.adminUrl}`,
        `--pgdata=${data}`,
        '-c',
        'fast',
        ...options,
      ]);
      return data;
    }

    it(
      'by pg_dump has, restored on another server, all that was answered before, and its books are in order',
      async () => {
        await using load = Load.start(() => service.client);
        await load.progress(300);
        const answered = [...load.answered];
        const dump = `${await postgres.makeFolder(`${folder}/dumps`)}/purser.dump`;
        await administer(primary.adminUrl, 'create role purser_auditor login');
        await administer(primary.url, 'grant select on all tables in schema public to purser_auditor');
        const auditor = primary.url.replace('purser@', 'purser_auditor@');
        const options = ['--format=custom', '--exclude-schema=purser_queue', `--file=${dump}`];
        await postgres.run('pg_dump', [`--dbname=${auditor}`, ...options]);
        await load.progress(100);
        await load.stop();

        const other = kept(await postgres.startNew(`${folder}/other`));
        // A dump has the rights of roles, and not the roles.
        await administer(other.adminUrl, 'create role purser_app nologin');
        await administer(other.adminUrl, 'create role purser_auditor login');
        await administer(other.adminUrl, 'grant purser_app to purser');
        await postgres.run('pg_restore', [`--dbname=${other.url}`, '--exit-on-error', '--no-owner', dump]);
        await new DatabaseUnderTest(() => Promise.resolve(other.url)).mustHaveCleanBooks();
        const restored = kept(await ServiceProcess.onDatabase(other.url));
        await expectReplays([restored.client], answered);
      },
      TEST_MS_MAX,
    );

    it(
      'goes on as a replica, on which verify runs',
      async () => {
        const replica = kept(await postgres.start(await copyPrimary('replica', '--write-recovery-conf')));
        const { code, out, err } = await purser(['verify'], { DATABASE_URL: replica.url });
        expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('read-only') });
        expect(out).toMatch(/^verify: clean: \d{2,} transfers/m);
        await expect(administer(replica.url, 'create table loot (amount numeric)')).rejects.toThrow('read-only');
      },
      TEST_MS_MAX,
    );

    it(
      'by pg_basebackup and the archived log can be restored to the moment before an accident, without the loss of an answer',
      async () => {
        await using load = Load.start(() => service.client);
        await load.progress(200);
        const data = await copyPrimary('copy');
        await load.progress(200);
        await load.stop();
        const books = new DatabaseUnderTest(() => Promise.resolve(primary.url));
        const [before] = await books.query<{ moment: string }>('select clock_timestamp()::text as moment');
        await sleep(50);
        await books.query('update grants set remaining = remaining / 2 where held = 0');
        await expect(books.mustHaveCleanBooks()).rejects.toThrow('The books are not in order');
        await untilArchived(primary);

        await configure(data, [
          `restore_command = 'cp ${archive}/%f %p'`,
          `recovery_target_time = '${before?.moment ?? ''}'`,
          `recovery_target_action = 'promote'`,
        ]);
        await writeFile(`${data}/recovery.signal`, '');
        const restored = kept(await postgres.start(data));
        const restoredBooks = new DatabaseUnderTest(() => Promise.resolve(restored.url));
        await eventually('the restored Postgres takes writes', async () => {
          const [row] = await restoredBooks.query<{ waits: boolean }>('select pg_is_in_recovery() as waits');
          return row?.waits === false;
        });
        const again = kept(await ServiceProcess.onDatabase(restored.url));
        await expectNothingLost(load, restoredBooks, [again.client]);
      },
      TEST_MS_MAX,
    );
  });
}

/** Waits until all that was committed on the server is in its archive. */
async function untilArchived(server: InstalledServer): Promise<void> {
  const admin = new DatabaseUnderTest(() => Promise.resolve(withDatabase(server.adminUrl, 'postgres')));
  const [last] = await admin.query<{ name: string }>('select pg_walfile_name(pg_switch_wal()) as name');
  await eventually('the log is archived', async () => {
    const [row] = await admin.query<{ is_there: boolean | null }>(
      'select last_archived_wal >= $1 as is_there from pg_stat_archiver',
      [last?.name],
    );
    return row?.is_there === true;
  });
}
