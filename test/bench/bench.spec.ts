import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { build, root } from '../support/build.ts';
import type { MixReport } from './report/mix-report.ts';
import type { TableReport } from './report/table-report.ts';

const run = promisify(execFile);

function bench(...options: readonly string[]) {
  return run(process.execPath, [`${root}/test/bench/main.ts`, ...options], { cwd: root });
}

beforeAll(build, 120_000);

describe('npm run bench', () => {
  it('measures what it is asked for, compares, and finds the books clean', async () => {
    const rows = ['authorize-hot', 'authorize-hot-one-by-one', 'do-nothing', 'in-process-pairs'];
    const { stdout } = await bench('--json', '--seconds', '0.4', '--rounds', '1', '--only', ...rows, 'pgbench-1');
    const report = JSON.parse(stdout) as TableReport;

    const measured = new Map(report.rows.map((row) => [row.name, row]));
    for (const name of rows) {
      expect(measured.get(name)?.per_second.median).toBeGreaterThan(0);
      expect(measured.get(name)?.latency_ms.p50).toBeGreaterThan(0);
    }
    const pgbench = [...report.missing.map(({ row }) => row), ...measured.keys()].filter(
      (name) => name === 'pgbench-1',
    );
    expect(pgbench).toHaveLength(1);
    const beside = report.ratios.find(({ name }) => name.endsWith('does nothing'));
    expect(beside?.value).toBeGreaterThan(0);
    expect(report.verified.map(({ clean }) => clean)).toEqual([true, true, true]);
  }, 120_000);

  it('measures one kind of request beside another, and counts how each is answered', async () => {
    const mixes = ['beside-declines', 'neighbours-unknown-commits-same', 'midnight-requests'];
    const options = ['--json', '--seconds', '0.4', '--rounds', '1', '--scale', '0.02'];
    const { stdout } = await bench(...options, '--mixes', ...mixes);
    const report = JSON.parse(stdout) as MixReport;

    expect(report.failed).toEqual([]);
    const [declines, midnight, unknown] = report.mixes.map(({ outcomes: [now] }) => now);
    expect(declines?.checks.map(({ value }) => value)).toEqual([expect.any(Number)]);
    const answers = (outcome: typeof declines) => outcome?.loads.map((load) => Object.keys(load.answers));
    expect(answers(declines)).toEqual([['201'], ['201'], ['402 credits_held']]);
    expect(answers(unknown)).toEqual([['201'], ['201'], ['404 authorization_not_found']]);
    expect(answers(midnight)).toEqual([['201'], ['201'], ['201']]);
    const missing = midnight?.checks.find(({ name }) => name.endsWith('missing or granted twice'));
    expect(missing?.value).toBe(0);
    expect(report.verified).toMatchObject([{ database: 'now', clean: true }]);
  }, 240_000);

  it('says what is wrong with its options, and does nothing', async () => {
    await expect(bench('--only', 'no-such-row')).rejects.toMatchObject({ code: 1, stdout: '' });
    await expect(bench('--mixes', 'no-such-mix')).rejects.toMatchObject({ code: 1, stdout: '' });
    await expect(bench('--against', '/no/such/folder')).rejects.toMatchObject({ code: 1, stdout: '' });
  }, 30_000);
});
