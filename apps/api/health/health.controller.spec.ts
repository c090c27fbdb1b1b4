import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { administer, withDatabase } from '../../../test/support/test-database.ts';
import { startTestService, type TestService } from '../../../test/support/test-service.ts';

let service: TestService;
beforeEach(async () => {
  service = await startTestService();
});
afterEach(() => service.stop());

async function ready(): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${service.url}/health/ready`);
  return { status: answer.status, body: await answer.json() };
}

describe('GET /health/ready', () => {
  it('is 200 where all is well', async () => {
    const body = { status: 'ok', service: 'ok', database: 'ok', migrations: 'ok' };
    expect(await ready()).toEqual({ status: 200, body });
  });

  it('is 503 while the database lacks a migration of this version, and names what is wrong', async () => {
    const { rows } = await service.pool.query('delete from purser_migration where name like $1 returning *', ['0004%']);
    const body = { status: 'unavailable', service: 'ok', database: 'ok', migrations: 'pending' };
    expect(await ready()).toEqual({ status: 503, body });
    expect(service.log.join()).toContain('0004_hot_path');
    const [{ name, timestamp }] = rows as [{ name: string; timestamp: string }];
    await service.pool.query('insert into purser_migration (name, timestamp) values ($1, $2)', [name, timestamp]);
    expect(await ready()).toMatchObject({ status: 200 });
  });

  it('is 503 also before the migration that lets the service look', async () => {
    await service.pool.query('revoke select on purser_migration from purser_app');
    expect(await ready()).toMatchObject({ status: 503, body: { database: 'ok', migrations: 'pending' } });
  });

  it('is 200 where a newer version has migrated the database', async () => {
    await service.pool.query(`insert into purser_migration (name, timestamp) values ('9999_future', now()::text)`);
    expect(await ready()).toMatchObject({ status: 200 });
  });

  it('is 503 while the database is away, for all who ask at once or again and again, and is logged once', async () => {
    const server = withDatabase(service.databaseUrl, 'postgres');
    const name = new URL(service.databaseUrl).pathname.slice(1);
    await administer(server, `alter database ${name} allow_connections false`);
    try {
      await administer(
        server,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and usename = current_user`,
      );
      const answers = await Promise.all(Array.from({ length: 100 }, ready));
      const body = { status: 'unavailable', service: 'ok', database: 'unreachable', migrations: 'unknown' };
      for (const answer of answers) expect(answer).toEqual({ status: 503, body });
      for (let time = 0; time < 20; time++) expect(await ready()).toEqual({ status: 503, body });
      expect(service.log.filter((line) => line.includes('The database is unreachable'))).toHaveLength(1);
    } finally {
      await administer(server, `alter database ${name} allow_connections true`);
    }
  });

  it('is 503 within some seconds where the database does not answer', async () => {
    const client = await service.pool.connect();
    await client.query('begin; lock table purser_migration in access exclusive mode');
    const startedAt = performance.now();
    expect(await ready()).toMatchObject({ status: 503, body: { database: 'unreachable' } });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await client.query('rollback');
    client.release();
  });
});

describe('GET /health/live', () => {
  it('is 200 whatever the database does', async () => {
    await service.pool.query('revoke select on purser_migration from purser_app');
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
  });
});
