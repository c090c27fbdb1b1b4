import 'reflect-metadata';
import { KeyRing } from '#access';
import { connect } from '#database';
import {
  AlertDefaults,
  CommonBudgets,
  Engine,
  DeclineRecorder,
  PlanMirror,
  RateCardMirror,
  RuleDefaults,
  Settings,
  SpanLimits,
} from '#ledger-store';
import { Periods } from '#reports';
import { closeWork } from '../../apps/api/periods/close-work.ts';
import { PaymentProviders, TestProvider } from '#payments';
import { resolveHost, SecretBox } from '#webhook-store';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';
import { ApiModule } from '../../apps/api/api.module.ts';
// Adds `needs` to the type of a route's configuration.
import type {} from '../../apps/api/auth/needs.ts';
import { MetricsToken } from '../../apps/api/auth/metrics-token.ts';
import { Readiness } from '../../apps/api/health/readiness.ts';
import { Metrics } from '../../apps/api/metrics/metrics.ts';
import { Connections } from '../../apps/api/requests/connections.ts';
import { createTestDatabase } from './test-database.ts';

export interface RegisteredRoute {
  /** `METHOD /path/{parameter}`. */
  readonly operation: string;
  /** The scopes of which a key needs one; `null` where none is needed. */
  readonly needs: FastifyContextConfig['needs'];
}

const log = (): void => undefined;
const webhooks = { secrets: new SecretBox([]), allowLoopback: false, resolve: resolveHost };

/** The routes that the API's own module registers. */
export async function registeredRoutes(): Promise<RegisteredRoute[]> {
  const database = await createTestDatabase();
  const readPool = connect(database.url, { log });
  const engine = new Engine({ databaseUrl: database.url, log });
  const keys = await KeyRing.open(readPool, { log });
  const alertDefaults = await AlertDefaults.open(readPool, log);
  const ruleDefaults = await RuleDefaults.open(readPool, log);
  const commonBudgets = await CommonBudgets.open(readPool, log);
  const settings = await Settings.open(readPool, log);
  const spanLimits = await SpanLimits.open(readPool, log);
  const rateCards = await RateCardMirror.open({ pool: readPool, log });
  const plans = await PlanMirror.open(readPool, log);
  const declines = new DeclineRecorder(readPool, settings, log);
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.of({
      engine,
      alertDefaults,
      ruleDefaults,
      commonBudgets,
      settings,
      spanLimits,
      rateCards,
      plans,
      declines,
      readPool,
      reportPool: readPool,
      periods: new Periods(closeWork(engine, readPool, settings), log),
      controlPool: readPool,
      keys,
      webhooks,
      payments: new PaymentProviders({ live: null, test: null }, new TestProvider(readPool, { log })),
      metrics: new Metrics(),
      metricsToken: new MetricsToken(null),
      connections: new Connections(10, () => undefined),
      readiness: new Readiness(),
      log,
    }),
    new FastifyAdapter(),
    { logger: false, abortOnError: false },
  );
  const routes: RegisteredRoute[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, url, config }) => {
      const path = url.replaceAll(/:(\w+)/g, '{$1}');
      // Fastify answers HEAD wherever it answers GET.
      for (const one of [method].flat()) {
        if (one !== 'HEAD') routes.push({ operation: `${one} ${path}`, needs: config?.needs });
      }
    });
  await app.init();
  await app.close();
  await engine.stop();
  await keys.close();
  await alertDefaults.close();
  await ruleDefaults.close();
  await commonBudgets.close();
  await settings.close();
  await spanLimits.close();
  await rateCards.close();
  await plans.close();
  await declines.close();
  await readPool.end();
  await database.drop();
  return routes;
}
