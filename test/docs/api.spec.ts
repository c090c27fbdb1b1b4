import 'reflect-metadata';
import { KeyRing } from '#access';
import { connect, type Pool } from '#database';
import { Engine } from '#ledger-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { readFile } from 'node:fs/promises';
import { ApiModule } from '../../apps/api/api.module.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** An operation's section starts with its heading, e.g. ``### `POST /v1/accounts/{id}/grants` ``. */
const HEADING = /^### `([A-Z]+ \/\S*)`$/gm;

const log = (): void => undefined;

let database: TestDatabase;
let readPool: Pool;
let engine: Engine;
let keys: KeyRing;

beforeAll(async () => {
  database = await createTestDatabase();
  readPool = connect(database.url, { log });
  engine = new Engine({ databaseUrl: database.url, log });
  keys = await KeyRing.open(readPool, { log });
});

afterAll(async () => {
  await engine.stop();
  await keys.close();
  await readPool.end();
  await database.drop();
});

/** The routes that the API's own module registers, as `METHOD /path/{parameter}`. */
async function registeredRoutes(): Promise<string[]> {
  const module = ApiModule.of({ engine, readPool, keys, log });
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  const routes: string[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, url }) => {
      const path = url.replaceAll(/:(\w+)/g, '{$1}');
      // Fastify answers HEAD wherever it answers GET.
      for (const one of [method].flat()) if (one !== 'HEAD') routes.push(`${one} ${path}`);
    });
  await app.init();
  await app.close();
  return routes;
}

describe('docs/api.md', () => {
  it('documents every operation of the API, once, and none that is gone', async () => {
    const routes = await registeredRoutes();
    expect(routes).toContain('POST /v1/authorizations');
    const text = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(HEADING)].map(([, operation]) => operation);
    expect(documented.sort()).toEqual(routes.sort());
  });
});
