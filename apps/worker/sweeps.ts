import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Repeater } from './repeater.ts';
import type { WorkerPorts } from './worker-ports.ts';

const SWEEP_EVERY_MS = 5_000;

/**
 * Books what has expired. The queue's schedule has one of all workers do it every second; besides, each does it by a timer
 * of its own, whatever becomes of the queue. Sweeping twice or at once changes nothing.
 */
export class Sweeps implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly repeater: Repeater;
  #underWay: Promise<void> | null = null;

  constructor(
    private readonly ports: Pick<WorkerPorts, 'sweepAccounts'>,
    log: (line: string) => void,
  ) {
    const task = async (): Promise<boolean> => {
      await this.sweep();
      return false;
    };
    this.repeater = new Repeater({ name: 'Booking what has expired', everyMs: SWEEP_EVERY_MS, task, log });
  }

  /** Sweeps, or waits for the sweep of this process that is under way. */
  sweep(): Promise<void> {
    this.#underWay ??= this.ports.sweepAccounts().finally(() => (this.#underWay = null));
    return this.#underWay;
  }

  onApplicationBootstrap(): void {
    this.repeater.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.repeater.stop();
  }
}
