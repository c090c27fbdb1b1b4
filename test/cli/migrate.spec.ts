import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { makeFolder } from './make-folder.ts';
import { processesOn } from './processes-on.ts';
import { purser } from './purser-run.ts';

let dataDir: string;

beforeAll(async () => {
  dataDir = await makeFolder('migrate');
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe('purser migrate', () => {
  it('brings a new database to the schema, says by which steps, shows its admin keys, and leaves no process behind', async () => {
    const { code, out, err } = await purser(['migrate'], { PURSER_DATA_DIR: dataDir });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^(migrated the database: \d{4}_\w+\n)+(admin key \((live|test)\): pur_\3_\S+ {2}shown only once: keep it\n){2}$/,
    );
    expect(await processesOn(dataDir)).toEqual([]);
  });

  it('says so where there is nothing to do', async () => {
    const again = await purser(['migrate'], { PURSER_DATA_DIR: dataDir });
    expect(again).toEqual({
      code: 0,
      out: `the database is up to date
admin key (live): set at first start (PURSER_ADMIN_KEY replaces it)
admin key (test): set at first start (PURSER_TEST_ADMIN_KEY replaces it)
`,
      err: '',
    });
  });
});
