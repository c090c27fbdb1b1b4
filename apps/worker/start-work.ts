import 'reflect-metadata';
import { Queues, type QueuePlace } from '#queues';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { WorkerPorts } from './worker-ports.ts';
import { WorkerModule } from './worker.module.ts';

export interface RunningWorker {
  /** The port on which it tells of its health and metrics; null where it doesn't. */
  readonly port: number | null;
  /** What it measures, for a process that serves metrics of its own. */
  readonly registry: Registry;
  /** Takes on nothing new, finishes what is under way within a bound, and closes its connections. */
  close(): Promise<void>;
}

export interface WorkOptions {
  readonly ports: WorkerPorts;
  readonly queuePlace: QueuePlace;
  /** Where to answer questions about health and metrics; nowhere where it isn't given. */
  readonly listenOn?: { readonly host: string; readonly port: number };
  readonly log: (line: string) => void;
}

/**
 * Starts a worker that has these ports. Several may run; a Redis that is away is waited for.
 * @throws DatabaseError where the Postgres that has the queues can't be used
 * @throws Error where it can't listen
 */
export async function startWork({ ports, queuePlace, listenOn, log }: WorkOptions): Promise<RunningWorker> {
  const registry = new Registry();
  if (listenOn !== undefined) collectDefaultMetrics({ register: registry });
  await using opening = new AsyncDisposableStack();
  const queues = await Queues.open(queuePlace, { log });
  opening.defer(() => queues.close());
  const app = await NestFactory.create<NestFastifyApplication>(
    WorkerModule.of({ ports, queues, registry, log }),
    new FastifyAdapter({ logger: false }),
    { logger: false, abortOnError: false },
  );
  opening.defer(() => app.close());
  await (listenOn === undefined ? app.init() : app.listen(listenOn.port, listenOn.host));
  const opened = opening.move();
  return {
    port: listenOn === undefined ? null : (app.getHttpServer().address() as AddressInfo).port,
    registry,
    close: () => opened.disposeAsync(),
  };
}
