import { startTestPostgres } from './test-postgres.ts';

/** Runs once before all specs, outside of jest's module system: Node itself strips the types here. */
export default async function setup(): Promise<void> {
  // The processes that run the specs are started later and inherit this.
  process.env['PURSER_TEST_DATABASE_URL'] = await startTestPostgres();
}
