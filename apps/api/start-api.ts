import 'reflect-metadata';
import { KeyRing } from '#access';
import type { Config, TracingConfig } from '#config';
import { connect } from '#database';
import { openLedger, type Engine, type Ledger } from '#ledger-store';
import type { Logger } from '#logging';
import { Periods } from '#reports';
import { PaymentProviders, stripeModes, TestProvider } from '#payments';
import {
  followCommitSubscriptions,
  resolveHost,
  SecretBox,
  type EndpointsOptions,
  type ResolveHost,
} from '#webhook-store';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { ApiModule } from './api.module.ts';
import { confineToAccount } from './auth/confine-to-account.ts';
import { authenticate } from './auth/authenticate.ts';
import { MetricsToken } from './auth/metrics-token.ts';
import { Readiness } from './health/readiness.ts';
import { Metrics } from './metrics/metrics.ts';
import { closeWork } from './periods/close-work.ts';
import { ProblemFilter } from './problems/problem-filter.ts';
import { answerConnect, answerExpectation, answerUnreadable, answerUnroutable } from './problems/protocol-problems.ts';
import { sendAnswerHeaders } from './requests/answer-headers.ts';
import { CONNECTION_TIMEOUTS, Connections, HEAD_TIMEOUTS } from './requests/connections.ts';
import { checkHeaders } from './requests/check-headers.ts';
import { observeRequests, type RequestWatcher } from './requests/finished-requests.ts';
import { readJsonBodies } from './requests/json-bodies.ts';
import { limitLargeRequests } from './requests/limit-large-requests.ts';
import { limitRate } from './requests/limit-rate.ts';
import { BODY_BYTES_MAX, HEAD_BYTES_MAX, limitSizes } from './requests/limit-sizes.ts';
import { refuseUnrouted } from './requests/refuse-unrouted.ts';
import { requestIdOf } from './requests/request-id.ts';
import { RequestLog } from './requests/request-log.ts';
import { shedLoad } from './requests/shed-load.ts';
import { limitStreams } from './stream/limit-streams.ts';
import type { Tracing } from './telemetry/tracing.ts';
import { BodyPipe } from './validation/body-pipe.ts';

export interface RunningApi {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  /**
   * Says that it isn't ready and goes on for as long as it is configured to; then takes no new requests, finishes those
   * under way, answers what the engine has queued, and closes its connections.
   */
  close(): Promise<void>;
}

export interface ApiOptions {
  readonly config: Pick<
    Config,
    | 'host'
    | 'port'
    | 'connectionsMax'
    | 'trustedProxies'
    | 'rateLimit'
    | 'metricsToken'
    | 'redisUrl'
    | 'drainSeconds'
    | 'tracing'
    | 'webhooks'
    | 'stripe'
    | 'openHoldsMax'
  >;
  readonly databaseUrl: string;
  /** The ledger of this process, which isn't closed with the API; one of its own where it isn't given. */
  readonly ledger?: ApiLedger;
  /** Finds the hosts of webhook endpoints; by the system's name servers where it isn't given. */
  readonly resolveHost?: ResolveHost;
  readonly logger: Logger;
  /** What else this process measures, and tells together with its own metrics. */
  readonly alsoMeasured?: readonly Registry[];
}

/** What the API needs of a ledger. */
export interface ApiLedger extends Pick<
  Ledger,
  | 'alertDefaults'
  | 'commonBudgets'
  | 'ruleDefaults'
  | 'settings'
  | 'rateCards'
  | 'plans'
  | 'spanLimits'
  | 'declines'
  | 'commitSubscriptions'
> {
  readonly engine: Pick<Engine, 'submit' | 'isBusyFor' | 'load' | 'observe' | 'writeHealth'>;
}

const READ_CONNECTIONS_MAX = 8;
const READ_TIMEOUT_MS = 15_000;
/** One closes, one notes how far it is. */
const CLOSE_CONNECTIONS_MAX = 3;
const REPORT_CONNECTIONS_MAX = 2;
const REPORT_TIMEOUT_MS = 30_000;
const CONTROL_CONNECTIONS_MAX = 3;
const CONTROL_TIMEOUT_MS = 5_000;
const CLOSING_GRACE_MS = 5_000;
const IDLE_CHECK_MS = 50;

/** Starts the HTTP API on a migrated database. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { config, databaseUrl, logger, alsoMeasured } = options;
  const log = (line: string): void => logger.warn(line);
  await using cleanUp = new AsyncDisposableStack();

  const metrics = new Metrics(alsoMeasured);
  const tracing = config.tracing && (await startTracing(config.tracing, log));
  if (tracing) cleanUp.defer(() => tracing.stop());
  const { readPool, reportPool, closePool, controlPool } = openPools(databaseUrl, log, cleanUp);
  const ledger = options.ledger ?? cleanUp.use(await openOwnLedger(options, log));
  const { engine, alertDefaults, commonBudgets, ruleDefaults, settings, rateCards, plans, spanLimits } = ledger;
  for (const observer of [metrics, ...(tracing ? [tracing] : [])]) engine.observe(observer);

  const keys = await KeyRing.open(controlPool, { log });
  cleanUp.defer(() => keys.close());
  const periods = new Periods(closeWork(engine, closePool, settings), log);
  cleanUp.defer(() => periods.stop());
  const readiness = new Readiness();
  const metricsToken = new MetricsToken(config.metricsToken);
  const connections = new Connections(config.connectionsMax, log);
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.of({
      engine,
      alertDefaults,
      ruleDefaults,
      commonBudgets,
      settings,
      rateCards,
      plans,
      spanLimits,
      declines: ledger.declines,
      readPool,
      reportPool,
      periods,
      controlPool,
      keys,
      webhooks: { ...webhooksOf(options), commitSubscriptions: ledger.commitSubscriptions },
      payments: new PaymentProviders(stripeModes(config.stripe), new TestProvider(readPool, { log })),
      metrics,
      metricsToken,
      connections,
      readiness,
      log,
    }),
    fastifyAdapter(config),
    { logger: false, abortOnError: false, bodyParser: false },
  );
  const watchers = [metrics, new RequestLog(logger), ...(tracing ? [tracing] : [])];
  cleanUp.use(await configure(app, { config, connections, engine, keys, metricsToken, watchers, log }));
  await app.listen(config.port, config.host);

  const parts = cleanUp.move();
  return {
    url: urlOf(app.getHttpServer().address() as AddressInfo),
    close: async () => {
      readiness.stop();
      await sleep(config.drainSeconds * 1000);
      await closeConnections(app);
      await parts.disposeAsync();
    },
  };
}

function openPools(databaseUrl: string, log: (line: string) => void, cleanUp: AsyncDisposableStack) {
  const readPool = connect(databaseUrl, {
    connectionsMax: READ_CONNECTIONS_MAX,
    pipeline: true,
    settings: { role: 'purser_app' },
    answerTimeoutMs: READ_TIMEOUT_MS,
    log,
  });
  cleanUp.defer(() => readPool.end());
  const reportPool = connect(databaseUrl, {
    connectionsMax: REPORT_CONNECTIONS_MAX,
    pipeline: true,
    // Whoever has waited for so long is answered: nobody reads what a longer query would find.
    settings: { role: 'purser_app', statement_timeout: String(REPORT_TIMEOUT_MS) },
    answerTimeoutMs: REPORT_TIMEOUT_MS,
    log,
  });
  cleanUp.defer(() => reportPool.end());
  // Closing a month reads all of it, however long that takes.
  const closePool = connect(databaseUrl, {
    connectionsMax: CLOSE_CONNECTIONS_MAX,
    settings: { role: 'purser_app' },
    log,
  });
  cleanUp.defer(() => closePool.end());
  // Readers may keep all their connections busy. A key is revoked nevertheless, and the service remains ready.
  const controlPool = connect(databaseUrl, {
    connectionsMax: CONTROL_CONNECTIONS_MAX,
    settings: { role: 'purser_app' },
    answerTimeoutMs: CONTROL_TIMEOUT_MS,
    log,
  });
  cleanUp.defer(() => controlPool.end());
  return { readPool, reportPool, closePool, controlPool };
}

function openOwnLedger({ databaseUrl, config }: ApiOptions, log: (line: string) => void): Promise<Ledger> {
  const { openHoldsMax } = config;
  return openLedger({ databaseUrl, openHoldsMax, followSubscriptions: followCommitSubscriptions, log });
}

/** What OpenTelemetry brings along is loaded only where it is asked for. */
async function startTracing(config: TracingConfig, log: (line: string) => void): Promise<Tracing> {
  const { startOtlpTracing } = await import('./telemetry/start-otlp-tracing.ts');
  return startOtlpTracing(config, log);
}

/**
 * Finishes what is under way and closes. Connections are cut as soon as nothing is under way on them. One on which only half a
 * request has arrived would keep the server open for ever: after some grace it is cut too.
 */
async function closeConnections(app: NestFastifyApplication): Promise<void> {
  const server: Server = app.getHttpServer();
  const cutIdle = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_CHECK_MS);
  const cutAll = setTimeout(() => {
    server.closeAllConnections();
  }, CLOSING_GRACE_MS);
  try {
    await app.close();
  } finally {
    clearInterval(cutIdle);
    clearTimeout(cutAll);
  }
}

function fastifyAdapter({ trustedProxies }: Pick<Config, 'trustedProxies'>): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: 200 },
    ...CONNECTION_TIMEOUTS,
    // Node would refuse one without a host by an empty answer.
    http: { ...HEAD_TIMEOUTS, maxHeaderSize: HEAD_BYTES_MAX, requireHostHeader: false },
    genReqId: requestIdOf,
    // What comes while closing is answered by the ledger, with a problem like any other.
    return503OnClosing: false,
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerUnreadable,
  });
}

/** Without a key for their secrets, endpoints can be looked at and not made. */
function webhooksOf({ config: { webhooks }, resolveHost: resolve = resolveHost }: ApiOptions): EndpointsOptions {
  return { secrets: new SecretBox(webhooks.secretsKeys), allowLoopback: webhooks.allowLoopback, resolve };
}

interface Doors {
  readonly config: ApiOptions['config'];
  readonly connections: Connections;
  readonly engine: Pick<Engine, 'isBusyFor'>;
  readonly keys: KeyRing;
  readonly metricsToken: MetricsToken;
  readonly watchers: readonly RequestWatcher[];
  readonly log: (line: string) => void;
}

/** What every request passes, in this order: the cheaper a reason to refuse it, the sooner. */
async function configure(app: NestFastifyApplication, doors: Doors): Promise<Disposable | null> {
  const { config, connections, engine, keys, metricsToken, watchers, log } = doors;
  app.useGlobalPipes(new BodyPipe());
  app.useGlobalFilters(new ProblemFilter());
  const fastify = app.getHttpAdapter().getInstance();
  connections.limit(fastify);
  fastify.server.on('checkExpectation', answerExpectation).on('connect', answerConnect);
  observeRequests(fastify, watchers);
  sendAnswerHeaders(fastify);
  limitSizes(fastify);
  checkHeaders(fastify);
  shedLoad(fastify, engine);
  const { rateLimit: perMinute, redisUrl } = config;
  const rateLimit = perMinute > 0 ? await limitRate(fastify, { perMinute, redisUrl, keys, metricsToken, log }) : null;
  refuseUnrouted(fastify);
  authenticate(fastify, keys);
  confineToAccount(fastify);
  limitStreams(fastify);
  limitLargeRequests(fastify);
  readJsonBodies(fastify);
  return rateLimit;
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}`;
}
