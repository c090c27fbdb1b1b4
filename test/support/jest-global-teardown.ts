import { stopTestPostgres } from './test-postgres.ts';

/** Runs once after all specs, in the process that ran the set-up. */
export default async function teardown(): Promise<void> {
  await stopTestPostgres();
}
