import { IN_PROCESS_ROWS } from './in-process-rows.ts';
import { PGBENCH_ROWS } from './pgbench-rows.ts';
import { REST_ROWS } from './rest-rows.ts';
import type { Row } from './row.ts';

/** The table, line by line. */
export const ROWS: readonly Row[] = [...REST_ROWS, ...IN_PROCESS_ROWS, ...PGBENCH_ROWS];
