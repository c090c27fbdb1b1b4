import 'reflect-metadata';
import { KeyRing } from '#access';
import type { Config } from '#config';
import { connect } from '#database';
import { AlertDefaults, Engine } from '#ledger-store';
import { resolveHost, SecretBox, type EndpointsOptions } from '#webhook-store';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiModule } from './api.module.ts';
import { authenticate } from './auth/authenticate.ts';
import { ProblemFilter } from './problems/problem-filter.ts';
import { answerUnreadable, answerUnroutable } from './problems/protocol-problems.ts';
import { readJsonBodies } from './requests/json-bodies.ts';
import { shedLoad } from './requests/shed-load.ts';
import { BodyPipe } from './validation/body-pipe.ts';

export interface RunningApi {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Takes no new requests, finishes those under way, answers what the engine has queued, and closes its connections. */
  close(): Promise<void>;
}

export interface ApiOptions {
  readonly config: Pick<Config, 'host' | 'port'> & Partial<Pick<Config, 'webhooks'>>;
  readonly databaseUrl: string;
  /** What decides; the ledger's own engine where it isn't given. It is stopped with the API. */
  readonly engine?: Pick<Engine, 'submit' | 'isBusy' | 'stop'>;
  readonly log: (line: string) => void;
}

const BODY_BYTES_MAX = 1024 * 1024;
const READ_CONNECTIONS_MAX = 8;
const READ_TIMEOUT_MS = 15_000;
const CLOSING_GRACE_MS = 5_000;

/** Starts the HTTP API on a migrated database. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { config, databaseUrl, log } = options;
  const readPool = connect(databaseUrl, {
    connectionsMax: READ_CONNECTIONS_MAX,
    pipeline: true,
    settings: { role: 'purser_app' },
    answerTimeoutMs: READ_TIMEOUT_MS,
    log,
  });
  const closing = new AsyncDisposableStack();
  closing.defer(() => readPool.end());
  try {
    const alertDefaults = await AlertDefaults.open(readPool, log);
    closing.defer(() => alertDefaults.close());
    const engine = options.engine ?? new Engine({ databaseUrl, log, alertRules: alertDefaults.rules });
    closing.defer(() => engine.stop());
    const keys = await KeyRing.open(readPool, { log });
    closing.defer(() => keys.close());
    const app = await NestFactory.create<NestFastifyApplication>(
      ApiModule.of({ engine, alertDefaults, readPool, keys, webhooks: webhooksOf(config), log }),
      fastifyAdapter(),
      { logger: false, abortOnError: false, bodyParser: false },
    );
    configure(app, { engine, keys, log });
    await app.listen(config.port, config.host);
    return {
      url: urlOf(app.getHttpServer().address() as AddressInfo),
      close: async () => {
        await closeConnections(app);
        await closing.disposeAsync();
      },
    };
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
}

/**
 * Finishes what is under way and closes. A connection on which nothing has arrived, or only half a request, would keep the
 * server open for ever: after some grace it is cut.
 */
async function closeConnections(app: NestFastifyApplication): Promise<void> {
  const server: Server = app.getHttpServer();
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, CLOSING_GRACE_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}

function fastifyAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: 200 },
    // What comes while closing is answered by the ledger, with a problem like any other.
    return503OnClosing: false,
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerUnreadable,
  });
}

/** Without a key for their secrets, endpoints can be looked at and not made. */
function webhooksOf({ webhooks }: ApiOptions['config']): EndpointsOptions {
  const secrets = new SecretBox(webhooks?.secretsKeys ?? []);
  return { secrets, allowLoopback: webhooks?.allowLoopback ?? false, resolve: resolveHost };
}

interface Doors {
  readonly engine: Pick<Engine, 'isBusy'>;
  readonly keys: KeyRing;
  readonly log: (line: string) => void;
}

function configure(app: NestFastifyApplication, { engine, keys, log }: Doors): void {
  app.useGlobalPipes(new BodyPipe());
  app.useGlobalFilters(new ProblemFilter(log));
  const fastify = app.getHttpAdapter().getInstance();
  shedLoad(fastify, engine);
  authenticate(fastify, keys);
  readJsonBodies(fastify);
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}`;
}
