import { Queues } from '#queues';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Repeater } from './repeater.ts';
import { wakeDeliveries } from './wake-deliveries.ts';
import type { WorkerPorts } from './worker-ports.ts';

/** Looking is one probe of an index that holds nothing but what waits. */
const LOOK_EVERY_MS = 100;
const EVENTS_MAX = 1_000;

/**
 * Makes deliveries of what was written to the outbox, and wakes who sends them. It looks at what isn't relayed and not past
 * the last one that was: commits land out of order.
 */
export class Relay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly repeater: Repeater;

  constructor(ports: Pick<WorkerPorts, 'relayEvents'>, queues: Queues, log: (line: string) => void) {
    const task = async (): Promise<boolean> => {
      const due = await ports.relayEvents(EVENTS_MAX);
      await wakeDeliveries(queues, due);
      return due.length >= EVENTS_MAX;
    };
    this.repeater = new Repeater({ name: 'The relay of events', everyMs: LOOK_EVERY_MS, task, log });
  }

  onApplicationBootstrap(): void {
    this.repeater.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.repeater.stop();
  }
}
