import { QueueAway, type QueueCounts, type Queues } from '#queues';
import { Gauge, type Registry } from 'prom-client';
import type { Repeater } from '../repeater.ts';
import type { WorkerPorts } from '../worker-ports.ts';

export interface WorkerGaugesParts {
  readonly registry: Registry;
  readonly ports: Pick<WorkerPorts, 'outboxAge'>;
  readonly queues: Queues;
  /** What the worker does again and again, by the name it has in the metrics. */
  readonly tasks: Readonly<Record<string, Repeater>>;
}

/** How things stand, looked at when somebody asks. What can't be known just then is left out. */
export function addWorkerGauges({ registry, queues, ports, tasks }: WorkerGaugesParts): void {
  const registers = [registry];
  new Gauge({
    name: 'purser_queue_up',
    help: '1 where the backend of the queues can be reached, 0 where it is away.',
    registers,
    collect() {
      this.set(queues.isAway ? 0 : 1);
    },
  });
  new Gauge({
    name: 'purser_queue_jobs',
    help: 'Jobs in a queue. state: waiting, delayed (until a time of their own) or active.',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const { queue, ...states } of await countsOf(queues))
        for (const [state, count] of Object.entries(states)) this.set({ queue, state }, count);
    },
  });
  new Gauge({
    name: 'purser_outbox_age_seconds',
    help: 'How long the oldest event waits to be relayed; 0 where none waits.',
    registers,
    async collect() {
      this.remove();
      const [age] = await Promise.allSettled([ports.outboxAge()]);
      if (age.status === 'fulfilled') this.set(age.value / 1000);
    },
  });
  new Gauge({
    name: 'purser_worker_failing',
    help: '1 where the last run of a task of the worker failed. task: relay, reconcile or sweep.',
    labelNames: ['task'],
    registers,
    collect() {
      for (const [task, repeater] of Object.entries(tasks)) this.set({ task }, repeater.isFailing ? 1 : 0);
    },
  });
}

async function countsOf(queues: Queues): Promise<readonly QueueCounts[]> {
  try {
    return await queues.count();
  } catch (error) {
    if (error instanceof QueueAway) return [];
    throw error;
  }
}
