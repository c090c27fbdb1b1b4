import type { JobHandlers, JobObserver, Queues, QueueWorkers } from '#queues';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { RECONCILE_EVERY_MS } from './reconciler.ts';
import type { Sweeps } from './sweeps.ts';
import { wakeDeliveries } from './wake-deliveries.ts';
import type { WorkerPorts } from './worker-ports.ts';

/** An attempt waits up to 15 s for the receiver. The process has 30 s to stop. */
const STOP_GRACE_MS = 20_000;

export interface QueueWorkParts {
  readonly ports: Pick<WorkerPorts, 'attemptDelivery'>;
  readonly queues: Queues;
  readonly sweeps: Sweeps;
  readonly observer: JobObserver;
  readonly log: (line: string) => void;
}

/** Works the queues. */
export class QueueWork implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #workers: QueueWorkers | null = null;

  constructor(private readonly parts: QueueWorkParts) {}

  onApplicationBootstrap(): void {
    const { queues, observer } = this.parts;
    this.#workers = queues.work(handlersOf(this.parts), observer);
  }

  async beforeApplicationShutdown(): Promise<void> {
    const isFinished = await this.#workers?.stop(STOP_GRACE_MS);
    if (isFinished === false) this.parts.log('Some jobs were still under way; another worker does them again.');
  }
}

function handlersOf({ ports, queues, sweeps }: QueueWorkParts): JobHandlers {
  return {
    deliver_webhook: async ({ delivery }) => {
      const { nextAttemptAt, waiting } = await ports.attemptDelivery(delivery);
      await wakeDeliveries(queues, waiting);
      // What is due later than the reconciler's next look is found by it. So no job waits in the queue for hours, for a
      // delivery that may be called off or hurried meanwhile.
      return nextAttemptAt !== null && nextAttemptAt - Date.now() <= RECONCILE_EVERY_MS ? nextAttemptAt : null;
    },
    sweep_accounts: async () => {
      await sweeps.sweep();
      return null;
    },
  };
}
