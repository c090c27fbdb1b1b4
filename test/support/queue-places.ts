import { connect, type Pool } from '#database';
import { Redis } from 'ioredis';
import { administer, createTestDatabase, withDatabase } from './test-database.ts';
import { hasRedis, startTestRedis } from './test-redis.ts';
import { migrateQueues, type QueuePlace } from '#queues';

/** A place for queues that a test may do anything to. */
export interface TestQueuePlace {
  readonly place: QueuePlace;
  /** Loses every job and schedule, while it goes on running. */
  empty(): Promise<void>;
  /** Can't be reached until it is brought back. */
  takeAway(): Promise<void>;
  bringBack(): Promise<void>;
  remove(): Promise<void>;
}

const places: Readonly<Record<string, () => Promise<TestQueuePlace>>> = { Redis: redisPlace, Postgres: postgresPlace };

/** Every backend that can run here, by its name. */
export const queuePlaces = Object.entries(places).filter(([name]) => name !== 'Redis' || hasRedis);

if (!hasRedis) process.stderr.write('There is no redis-server here, so the queues are tested on Postgres only.\n');

async function redisPlace(): Promise<TestQueuePlace> {
  const redis = await startTestRedis();
  return {
    place: { redisUrl: redis.url },
    empty: async () => {
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
    },
    takeAway: () => redis.kill(),
    bringBack: () => redis.restart(),
    remove: () => redis.stop(),
  };
}

async function postgresPlace(): Promise<TestQueuePlace> {
  const database = await createTestDatabase();
  const pool = connect(database.url, { log: () => undefined });
  await migrateQueues(pool);
  const server = withDatabase(database.url, 'postgres');
  const name = new URL(database.url).pathname.slice(1);
  return {
    place: { databaseUrl: database.url },
    empty: async () => {
      const tables = `select string_agg(format('purser_queue.%I', tablename), ', ') as list from pg_tables
        where schemaname = 'purser_queue' and tablename <> 'migration'`;
      const { rows } = await pool.query<{ list: string }>(tables);
      await truncateInSpiteOfWork(pool, String(rows[0]?.list));
    },
    takeAway: async () => {
      await administer(server, `alter database ${name} allow_connections false`);
      await administer(
        server,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and usename = current_user`,
      );
    },
    bringBack: () => administer(server, `alter database ${name} allow_connections true`),
    remove: async () => {
      await pool.end();
      await database.drop();
    },
  };
}

const DEADLOCK = '40P01';

/** Whoever works takes the tables in another order, and it is the wiping that Postgres ends. */
async function truncateInSpiteOfWork(pool: Pool, tables: string): Promise<void> {
  for (;;) {
    try {
      await pool.query(`truncate ${tables}`);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === DEADLOCK)) throw error;
    }
  }
}
