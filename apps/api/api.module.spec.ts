import 'reflect-metadata';
import { KeyRing } from '#access';
import { connect, type Pool } from '#database';
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
import { closeWork } from './periods/close-work.ts';
import { PaymentProviders, TestProvider } from '#payments';
import { resolveHost, SecretBox } from '#webhook-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts';
import { ApiModule } from './api.module.ts';
import { MetricsToken } from './auth/metrics-token.ts';
import { Readiness } from './health/readiness.ts';
import { Metrics } from './metrics/metrics.ts';
import { Connections } from './requests/connections.ts';

const log = (): void => undefined;
const webhooks = { secrets: new SecretBox([]), allowLoopback: false, resolve: resolveHost };
const connections = new Connections(10, () => undefined);
const parts = {
  webhooks,
  metrics: new Metrics(),
  connections,
  metricsToken: new MetricsToken(null),
  readiness: new Readiness(),
};

let database: TestDatabase;
let readPool: Pool;
let engine: Engine;
let keys: KeyRing;
let alertDefaults: AlertDefaults;
let ruleDefaults: RuleDefaults;
let commonBudgets: CommonBudgets;
let settings: Settings;
let spanLimits: SpanLimits;
let rateCards: RateCardMirror;
let plans: PlanMirror;
let declines: DeclineRecorder;

beforeAll(async () => {
  database = await createTestDatabase();
  readPool = connect(database.url, { log });
  engine = new Engine({ databaseUrl: database.url, log });
  keys = await KeyRing.open(readPool, { log });
  alertDefaults = await AlertDefaults.open(readPool, log);
  ruleDefaults = await RuleDefaults.open(readPool, log);
  commonBudgets = await CommonBudgets.open(readPool, log);
  settings = await Settings.open(readPool, log);
  spanLimits = await SpanLimits.open(readPool, log);
  rateCards = await RateCardMirror.open({ pool: readPool, log });
  plans = await PlanMirror.open(readPool, log);
  declines = new DeclineRecorder(readPool, settings, log);
});

afterAll(async () => {
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
});

describe('the API module', () => {
  // An injected class that is imported with `import type` compiles, and is undefined when Nest asks for it.
  it('is given everything that its controllers and guards ask for', async () => {
    const ledger = {
      engine,
      alertDefaults,
      commonBudgets,
      ruleDefaults,
      settings,
      rateCards,
      plans,
      spanLimits,
      declines,
    };
    const module = ApiModule.of({
      ...ledger,
      readPool,
      reportPool: readPool,
      periods: new Periods(closeWork(engine, readPool, settings), log),
      controlPool: readPool,
      keys,
      payments: new PaymentProviders({ live: null, test: null }, new TestProvider(readPool, { log })),
      ...parts,
      log,
    });
    const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
      logger: false,
      abortOnError: false,
    });
    await app.init();

    const controllers = module.controllers ?? [];
    expect(controllers.length).toBeGreaterThan(0);
    for (const controller of controllers) expect(app.get(controller)).toBeInstanceOf(controller);
    await app.close();
  });
});
