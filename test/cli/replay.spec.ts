import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, findRunningDatabase } from '#database';
import { Amount } from '#amounts';
import { root } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder } from './make-folder.ts';
import { processesOn } from './processes-on.ts';
import { purser, PurserRun } from './purser-run.ts';
import { startService, type ServiceRun } from './service-run.ts';

const TRACE = `${root}/test/fixtures/azure-llm-2023-conv-sample.csv`;
const TRACE_ROWS = 2000;
const KEY = 'pur_live_the-key-of-a-service-to-be-replayed-to';

/** What a spec reads of `--json`. */
interface Report {
  readonly ok: boolean;
  readonly approved: number;
  readonly declined: number;
  readonly committed: number;
  readonly errors: number;
  readonly replayed: number;
  readonly retries: number;
  readonly granted: string;
  readonly spent: string;
  readonly held: string;
  readonly left: string;
  readonly verify: { readonly result: string };
}

const reportOf = (out: string): Report => JSON.parse(out) as Report;

describe('purser replay with a service of its own', () => {
  /** Where it makes its temporary folders. */
  let temporary: string;
  beforeAll(async () => {
    temporary = await makeFolder('replay');
  });
  afterAll(() => rm(temporary, { recursive: true, force: true }));

  const mustHaveLeftNothing = async (): Promise<void> => {
    expect(await readdir(temporary)).toEqual([]);
    expect(await processesOn(temporary)).toEqual([]);
  };

  it('accounts for every credit of 2 000 real requests, verifies the books and leaves nothing behind', async () => {
    const { code, out } = await purser(['replay', TRACE], { TMPDIR: temporary });
    expect(out).toMatch(/^requests {5}2,000 of 100 customers, 10 of them granted too little$/m);
    expect(out).toMatch(/^declined {5}[1-9]\d*$/m);
    expect(out).toMatch(/^errors {7}0$/m);
    expect(out).toMatch(/^overspend {4}none$/m);
    expect(out).toMatch(/^verify {7}passed: verify: clean: /m);
    const [, granted] = /^credits +(\S+) granted$/m.exec(out) ?? [];
    const [, spent, held, left] = /^ +(\S+) spent \+ (\S+) held \+ (\S+) left$/m.exec(out) ?? [];
    expect(new Amount(spent ?? '').plus(held ?? '').plus(left ?? '')).toEqual(new Amount(granted ?? ''));
    expect(out).toMatch(/\nok\n$/);
    expect(code).toBe(0);
    await mustHaveLeftNothing();
  }, 180_000);

  it('stops its service and removes the data at Ctrl-C', async () => {
    const run = await PurserRun.start(['replay', TRACE, '--speed', '1'], { TMPDIR: temporary });
    await eventually('its service is ready', async () => {
      const [folder] = await readdir(temporary);
      return (
        folder !== undefined && typeof (await findRunningDatabase(join(temporary, folder)))?.serviceUrl === 'string'
      );
    });
    const { code, out, err } = await run.end('SIGINT');
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toMatch(/\nStopped by SIGINT\.\n$/);
    await mustHaveLeftNothing();
  });

  it('names the line of a trace that it cannot read, and starts nothing', async () => {
    const file = join(temporary, 'broken.csv');
    await writeFile(
      file,
      'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.68,374,44\n2023-11-16 18:15:50.99,-1,109\n',
    );
    const { code, out, err } = await purser(['replay', file], { TMPDIR: temporary });
    await rm(file);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(`${file}, line 3: ContextTokens must be a whole number of tokens, 0 or more, not "-1".\n`);
    await mustHaveLeftNothing();
  });
});

describe('purser replay against a running service', () => {
  let dataDir: string;
  let service: ServiceRun;
  beforeAll(async () => {
    dataDir = await makeFolder('replayed');
    service = await startService(dataDir, { PURSER_ADMIN_KEY: KEY });
  }, 180_000);
  afterAll(async () => {
    await service.end('SIGTERM');
    await rm(dataDir, { recursive: true, force: true });
  }, 180_000);

  const replay = (run: string, ...options: string[]): Promise<PurserRun> =>
    PurserRun.start(['replay', TRACE, '--url', service.url, '--run', run, '--json', ...options], {
      PURSER_ADMIN_KEY: KEY,
      PURSER_DATA_DIR: dataDir,
    });

  it('gets the same answers again where a run is replayed again, and the same totals', async () => {
    const first = await (await replay('twice', '--limit', '500')).ended;
    const again = await (await replay('twice', '--limit', '500')).ended;
    expect([first.code, again.code]).toEqual([0, 0]);

    const { approved, declined, committed, errors, granted, spent, held, left } = reportOf(first.out);
    expect(declined).toBeGreaterThan(0);
    expect(reportOf(first.out).replayed).toBe(0);
    expect(reportOf(again.out)).toMatchObject({
      ...{ approved, declined, committed, errors, granted, spent, held, left },
      replayed: approved + declined + committed,
      verify: { result: 'passed' },
    });
  }, 180_000);

  it('ends without an error and with clean books, though the service is killed and started again meanwhile', async () => {
    const run = await replay('killed');
    await eventually('the replay is under way', async () => (await authorizationsOf('killed')) > 300);
    await service.end('SIGKILL');
    service = await startService(dataDir, { PORT: new URL(service.url).port });

    const { code, out } = await run.ended;
    const report = reportOf(out);
    expect(report).toMatchObject({ ok: true, errors: 0, verify: { result: 'passed' } });
    expect(report.retries).toBeGreaterThan(0);
    expect(report.approved + report.declined).toBe(TRACE_ROWS);
    expect(report.committed).toBe(report.approved);
    expect(new Amount(report.spent).plus(report.held).plus(report.left)).toEqual(new Amount(report.granted));
    expect(code).toBe(0);
  }, 180_000);

  /** How many requests of a run have been approved so far. */
  async function authorizationsOf(run: string): Promise<number> {
    const database = await findRunningDatabase(dataDir);
    const pool = connect(database?.url ?? '', { connectionsMax: 1, log: () => undefined });
    try {
      const { rows } = await pool.query<{ count: string }>(
        'select count(*) from authorizations join accounts using (account_id) where external_id like $1',
        [`${run}-%`],
      );
      return Number(rows[0]?.count);
    } finally {
      await pool.end();
    }
  }
});
