import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { PostgresUnderTest } from './postgres-under-test.ts';

/** Lets what was stopped go on. */
export type Thaw = () => Promise<void>;

const LOOK_MS_MAX = 250;
const STATEMENT_TIMEOUT = '57014';

/**
 * Stops every process of Postgres, as when its host hangs: connections stay open and nothing is answered, new ones are
 * neither accepted nor refused.
 */
export async function freezeHost(postgres: PostgresUnderTest): Promise<Thaw> {
  const session = await postgres.session();
  const main = await postgres.pid();
  // It would start others meanwhile, so it goes first.
  process.kill(main, 'SIGSTOP');
  const { rows } = await session.query<{ pid: number }>('select pid from pg_stat_activity');
  const stopped = [main, ...rows.map(({ pid }) => pid)];
  signal(stopped, 'SIGSTOP');
  return async () => {
    signal(stopped, 'SIGCONT');
    await session.end();
  };
}

/**
 * Stops a process of Postgres in the middle of the call that brings the log to the disk: it keeps the one right to write
 * the log, so no other commit ends either. To everybody but the kernel this is a disk that doesn't come back from fsync. What
 * isn't simulated: a disk that loses or refuses what it was given.
 */
export async function freezeLogWriter(postgres: PostgresUnderTest): Promise<Thaw> {
  const session = await postgres.session();
  await session.query(`set statement_timeout = ${LOOK_MS_MAX}`);
  for (;;) {
    const pid = await findLogWriter(session, 'true');
    if (pid === null) continue;
    process.kill(pid, 'SIGSTOP');
    // It may have moved on before it stopped.
    if ((await findLogWriter(session, `pid = ${pid}`)) === pid) {
      return async () => {
        process.kill(pid, 'SIGCONT');
        await session.end();
      };
    }
    process.kill(pid, 'SIGCONT');
    await sleep(1);
  }
}

/** @returns `null` where there is none, also where the one that was stopped holds something that we would have to wait for */
async function findLogWriter(session: pg.Client, which: string): Promise<number | null> {
  try {
    const { rows } = await session.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'purser' and wait_event = 'WalSync' and ${which}`,
    );
    return rows[0]?.pid ?? null;
  } catch (error) {
    if ((error as pg.DatabaseError).code === STATEMENT_TIMEOUT) return null;
    throw error;
  }
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, name);
}
