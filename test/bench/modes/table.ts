import type { Checkout } from '../checkout.ts';
import { describeMachine } from '../machine.ts';
import { Pgbench } from '../pgbench.ts';
import { formatReport } from '../report/format-report.ts';
import { tableReport } from '../report/table-report.ts';
import type { Measurement, Row } from '../rows/row.ts';
import { Subjects } from '../subjects.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { Outcome, RunOptions } from './mode.ts';

export interface TableOptions extends RunOptions {
  readonly rows: readonly Row[];
  readonly rounds: number;
  /** The checkout that the rows of another are measured with. */
  readonly before: Checkout | null;
}

const WARM_UP_SECONDS_MAX = 1;
const NO_PGBENCH = "pgbench isn't installed here (on Debian and Ubuntu it comes with the package postgresql)";

/** Measures every row once in each round, so that whatever drifts on the machine hits all of them. */
export async function runTable({ rows: asked, before, seconds, rounds, log, signal }: TableOptions): Promise<Outcome> {
  const startedAt = new Date().toISOString();
  const pgbench = await Pgbench.find();
  const rows = asked.filter(({ subject }) => subject !== 'pgbench' || pgbench !== null);
  const missing = asked.filter((row) => !rows.includes(row)).map(({ name }) => ({ row: name, why: NO_PGBENCH }));
  for (const { row, why } of missing) log(`${row} can't be measured: ${why}`);

  await using cleanUp = new AsyncDisposableStack();
  const wanted = new Set(rows.map(({ subject }) => subject));
  const subjects = await Subjects.start({ wanted, accounts: accountsOf(rows), pgbench, before, log });
  cleanUp.defer(() => subjects.stop());

  const measured = rows.map((row) => ({ row, rounds: [] as Measurement[] }));
  const measure = (row: Row, time: number): Promise<Measurement> => unlessAborted(signal, row.measure(subjects, time));
  for (const { row } of measured) {
    log(`warming up: ${row.name}`);
    await measure(row, Math.min(seconds, WARM_UP_SECONDS_MAX));
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const { row, rounds: done } of measured) {
      const measurement = await measure(row, seconds);
      done.push(measurement);
      log(`round ${round} of ${rounds}: ${row.name}: ${Math.round(measurement.perSecond)} ${row.unit} a second`);
    }
  }
  log('verifying the books');
  const verified = await subjects.verify();
  const machine = await describeMachine(subjects.server);
  const report = tableReport({ started_at: startedAt, machine, seconds, rounds, missing, verified }, measured);
  return { report, text: formatReport(report) };
}

function accountsOf(rows: readonly Row[]) {
  const sets = new Map(rows.flatMap(({ accounts }) => accounts).map((set) => [set.name, set]));
  return [...sets.values()];
}
