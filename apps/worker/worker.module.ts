import { Queues } from '#queues';
import { Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';
import { HealthController } from './health/health.controller.ts';
import { addWorkerGauges } from './metrics/add-worker-gauges.ts';
import { WorkerMetrics } from './metrics/worker-metrics.ts';
import { QueueWork } from './queue-work.ts';
import { Reconciler } from './reconciler.ts';
import { Relay } from './relay.ts';
import { Sweeps } from './sweeps.ts';
import type { WorkerPorts } from './worker-ports.ts';

export interface WorkerParts {
  readonly ports: WorkerPorts;
  readonly queues: Queues;
  /** Where its metrics are kept. */
  readonly registry: Registry;
  readonly log: (line: string) => void;
}

/** The wiring: what a worker does, each begun when the module is, and ended with it. */
@Module({})
export class WorkerModule {
  static of({ ports, queues, registry, log }: WorkerParts): DynamicModule {
    const observer = new WorkerMetrics(registry);
    const relay = new Relay(ports, queues, log);
    const reconciler = new Reconciler(ports, queues, log);
    const sweeps = new Sweeps(ports, log);
    const tasks = { relay: relay.repeater, reconcile: reconciler.repeater, sweep: sweeps.repeater };
    addWorkerGauges({ registry, ports, queues, tasks });
    return {
      module: WorkerModule,
      controllers: [HealthController],
      providers: [
        { provide: Queues, useValue: queues },
        { provide: Registry, useValue: registry },
        { provide: Relay, useValue: relay },
        { provide: Reconciler, useValue: reconciler },
        { provide: Sweeps, useValue: sweeps },
        { provide: QueueWork, useValue: new QueueWork({ ports, queues, sweeps, observer, log }) },
      ],
    };
  }
}
