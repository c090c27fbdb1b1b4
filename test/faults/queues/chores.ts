import { connect, type Pool } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerPorts } from '../../../apps/worker/worker-ports.ts';

// Stand for the outbox and the deliveries: a chore is told of, then tried until it succeeds, then noted as received.
const TABLES = `
  create table told (id text primary key, relayed boolean not null default false, at timestamptz not null default clock_timestamp());
  create table chores (
    id text primary key, done boolean not null default false, tries integer not null default 0, due_at timestamptz not null default now()
  );
  create table received (id text not null, at timestamptz not null default clock_timestamp());
  create table swept (at timestamptz not null default clock_timestamp());
`;

/** Whoever tries a chore has it for so long; then another may. */
const LEASE_MS = 3_000;
const TAKES_MS = 20;

/** Work for a worker, all of whose state is in Postgres. */
export class Chores {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  static async prepare(databaseUrl: string): Promise<Chores> {
    const pool = connect(databaseUrl, { log: () => undefined });
    await pool.query(TABLES);
    return new Chores(pool);
  }

  async tell(ids: readonly string[]): Promise<void> {
    await this.#pool.query('insert into told (id) select unnest($1::text[])', [ids]);
  }

  async state(): Promise<{ told: number; done: number; received: number; receivedTwice: number; swept: number }> {
    const { rows } = await this.#pool.query<Record<'told' | 'done' | 'received' | 'again' | 'swept', number>>(`
      select (select count(*)::int from told) as told, (select count(*)::int from chores where done) as done,
        (select count(distinct id)::int from received) as received, (select count(*)::int from swept) as swept,
        (select count(*)::int - count(distinct id)::int from received) as again`);
    const [row] = rows;
    if (!row) throw new Error('a count is always there');
    const { told, done, received, again, swept } = row;
    return { told, done, received, receivedTwice: again, swept };
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  /** What a worker does of it. */
  ports(): WorkerPorts {
    const pool = this.#pool;
    const ids = ({ rows }: { rows: { id: string }[] }): string[] => rows.map(({ id }) => id);
    return {
      relayEvents: async (limit) =>
        ids(
          await pool.query(
            `with taken as (select id from told where not relayed order by at limit $1 for update skip locked),
              marked as (update told set relayed = true where id in (select id from taken))
            insert into chores (id) select id from taken returning id`,
            [limit],
          ),
        ),
      dueDeliveries: async (limit) =>
        ids(
          await pool.query('select id from chores where not done and due_at <= now() order by due_at limit $1', [
            limit,
          ]),
        ),
      attemptDelivery: async (id) => ({ nextAttemptAt: await attempt(pool, id), waiting: [] }),
      sweepAccounts: async () => {
        await pool.query('insert into swept default values');
      },
      outboxAge: () => Promise.resolve(0),
    };
  }
}

async function attempt(pool: Pool, id: string): Promise<number | null> {
  const claimed = await pool.query<{ tries: number }>(
    `update chores set tries = tries + 1, due_at = clock_timestamp() + $2 * interval '1 ms'
    where id = $1 and not done and due_at <= now() returning tries`,
    [id, LEASE_MS],
  );
  const tries = claimed.rows[0]?.tries;
  if (tries === undefined) {
    const { rows } = await pool.query<{ due_at: Date }>('select due_at from chores where id = $1 and not done', [id]);
    return rows[0]?.due_at.getTime() ?? null;
  }
  await sleep(TAKES_MS);
  if (tries === 1 && Number(id.replace(/\D/g, '')) % 3 === 0) {
    const againAt = Date.now() + 500;
    await pool.query('update chores set due_at = $2 where id = $1', [id, new Date(againAt)]);
    return againAt;
  }
  await pool.query('insert into received (id) values ($1)', [id]);
  await pool.query('update chores set done = true where id = $1', [id]);
  return null;
}
