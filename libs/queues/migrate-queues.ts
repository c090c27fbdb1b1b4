import { DatabaseError, type Pool } from '#database';
import { runMigrations } from 'bullmq';

/** Where BullMQ keeps its tables; a name of our own, so that another program's BullMQ in the same database is another. */
export const QUEUE_SCHEMA = 'purser_queue';

// BullMQ makes a sequence for each queue when it first meets it, hence "create". Nothing but queues is in this schema.
const PRIVILEGES = `
  grant usage, create on schema ${QUEUE_SCHEMA} to purser_app;
  grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to purser_app;
  grant usage, select on all sequences in schema ${QUEUE_SCHEMA} to purser_app;
`;

/**
 * Brings the tables of the queues to what this version's BullMQ needs, in one transaction, and lets `purser_app` use them.
 * Of several processes that call it at once, one does the work while the others wait. It follows `migrate`, which makes the
 * role.
 * @throws DatabaseError where that fails, and nothing has changed then
 */
export async function migrateQueues(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
    await client.query(PRIVILEGES);
  } catch (error) {
    const advice = `The role that migrates must be allowed to create the schema ${QUEUE_SCHEMA} (grant create on database).`;
    throw new DatabaseError(`The tables of the queues could not be made: ${String(error)}. ${advice}`, {
      cause: error,
    });
  } finally {
    client.release();
  }
}
