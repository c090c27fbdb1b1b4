import 'reflect-metadata';
import { KeyRing } from '#access';
import { connect } from '#database';
import { Engine } from '#ledger-store';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiModule } from '../../apps/api/api.module.ts';
import { createTestDatabase } from './test-database.ts';

const log = (): void => undefined;

/** The routes that the API's own module registers, as `METHOD /path/{parameter}`. */
export async function registeredRoutes(): Promise<string[]> {
  await using cleanUp = new AsyncDisposableStack();
  const database = await createTestDatabase();
  cleanUp.defer(() => database.drop());
  const readPool = connect(database.url, { log });
  cleanUp.defer(() => readPool.end());
  const engine = new Engine({ databaseUrl: database.url, log });
  cleanUp.defer(() => engine.stop());
  const keys = await KeyRing.open(readPool, { log });
  cleanUp.defer(() => keys.close());

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
