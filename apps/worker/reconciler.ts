import { QueueAway, type Queues } from '#queues';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Repeater } from './repeater.ts';
import { wakeDeliveries } from './wake-deliveries.ts';
import type { WorkerPorts } from './worker-ports.ts';

export const RECONCILE_EVERY_MS = 30_000;
const DELIVERIES_MAX = 5_000;

/**
 * Makes the queues what Postgres says they should be, at the start, every 30 s, and when they are back: schedules are there,
 * and each delivery that is due has a job. So nothing is lost with a queue, only delayed.
 */
export class Reconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly repeater: Repeater;

  constructor(ports: Pick<WorkerPorts, 'dueDeliveries'>, queues: Queues, log: (line: string) => void) {
    const task = async (): Promise<boolean> => {
      if (!(await schedulesKept(queues))) return false;
      await wakeDeliveries(queues, await ports.dueDeliveries(DELIVERIES_MAX), { unlessThere: true });
      // Of more than these the rest is woken by those that end; to look again at once would only find the same.
      return false;
    };
    this.repeater = new Repeater({ name: 'The reconciler', everyMs: RECONCILE_EVERY_MS, task, log });
    queues.onBack(() => this.repeater.hurry());
  }

  onApplicationBootstrap(): void {
    this.repeater.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.repeater.stop();
  }
}

async function schedulesKept(queues: Queues): Promise<boolean> {
  try {
    await queues.keepSchedules();
    return true;
  } catch (error) {
    if (error instanceof QueueAway) return false;
    throw error;
  }
}
