import type { Chore } from '#background';
import { Queues } from '#queues';
import { Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';
import { ChoreRunner } from './chore-runner.ts';
import { HealthController } from './health/health.controller.ts';
import { addWorkerGauges } from './metrics/add-worker-gauges.ts';
import { WorkerMetrics } from './metrics/worker-metrics.ts';
import type { WorkerLog } from './worker-log.ts';

export interface WorkerParts {
  readonly chores: readonly Chore[];
  /** Those of the chores. */
  readonly queues: Queues;
  /** Where its metrics are kept. */
  readonly registry: Registry;
  readonly log: WorkerLog;
}

/** The wiring: what a worker does begins and ends with the module. */
@Module({})
export class WorkerModule {
  static of({ chores, queues, registry, log }: WorkerParts): DynamicModule {
    const runner = new ChoreRunner({ chores, queues, observer: new WorkerMetrics(registry), log });
    addWorkerGauges({ registry, chores, queues, tasks: runner.tasks });
    return {
      module: WorkerModule,
      controllers: [HealthController],
      providers: [
        { provide: Queues, useValue: queues },
        { provide: Registry, useValue: registry },
        { provide: ChoreRunner, useValue: runner },
      ],
    };
  }
}
