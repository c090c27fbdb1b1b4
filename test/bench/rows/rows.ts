import { IN_PROCESS_ROWS } from './in-process-rows.ts';
import { PGBENCH_ROWS } from './pgbench-rows.ts';
import { BEFORE_ROWS, REST_ROWS } from './rest-rows.ts';
import { beforeName, type Row } from './row.ts';

/** The table, line by line. */
export const ROWS: readonly Row[] = [...REST_ROWS, ...IN_PROCESS_ROWS, ...PGBENCH_ROWS];

/** Those rows, each of the product's with that of another checkout before it. */
export function withBefore(rows: readonly Row[]): readonly Row[] {
  return rows.flatMap((row) => [...BEFORE_ROWS.filter(({ name }) => name === beforeName(row.name)), row]);
}
