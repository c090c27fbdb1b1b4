import 'reflect-metadata';
import type { Chore } from '#background';
import { Queues, type QueuePlace } from '#queues';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { queuesOf } from './queues-of.ts';
import type { WorkerLog } from './worker-log.ts';
import { WorkerModule } from './worker.module.ts';

export interface RunningWorker {
  /** The port of its health and metrics; null where it doesn't listen. */
  readonly port: number | null;
  /** What it measures, for a process that serves metrics of its own. */
  readonly registry: Registry;
  /** Takes on nothing new, finishes what is under way within a bound, and closes its connections. */
  close(): Promise<void>;
}

export interface WorkOptions {
  readonly chores: readonly Chore[];
  readonly queuePlace: QueuePlace;
  /** Where to answer questions about health and metrics; nowhere where it isn't given. */
  readonly listenOn?: { readonly host: string; readonly port: number };
  readonly log: WorkerLog;
}

/** A few programs ask a worker how it is. None of them holds a connection that it doesn't use. */
const CONNECTIONS_MAX = 100;
const SERVER = {
  logger: false,
  requestTimeout: 15_000,
  connectionTimeout: 20_000,
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
} as const;

/**
 * Starts a worker that does these chores. Several may run; a Redis that is away is waited for.
 * @throws DatabaseError where the Postgres that has the queues can't be used
 * @throws Error where it can't listen
 */
export async function startWork({ chores, queuePlace, listenOn, log }: WorkOptions): Promise<RunningWorker> {
  const registry = new Registry();
  if (listenOn !== undefined) collectDefaultMetrics({ register: registry });
  await using opening = new AsyncDisposableStack();
  const queues = await Queues.open(queuePlace, { queues: queuesOf(chores), log: (line) => log.warn(line) });
  opening.defer(() => queues.close());
  const app = await NestFactory.create<NestFastifyApplication>(
    WorkerModule.of({ chores, queues, registry, log }),
    new FastifyAdapter(SERVER),
    { logger: false, abortOnError: false },
  );
  app.getHttpServer().maxConnections = CONNECTIONS_MAX;
  opening.defer(() => app.close());
  await (listenOn === undefined ? app.init() : app.listen(listenOn.port, listenOn.host));
  const opened = opening.move();
  return {
    port: listenOn === undefined ? null : (app.getHttpServer().address() as AddressInfo).port,
    registry,
    close: () => opened.disposeAsync(),
  };
}
