import type { Chore, ChoreGauge } from '#background';
import { QueueAway, type QueueCounts, type Queues } from '#queues';
import { Gauge, type Registry } from 'prom-client';
import type { Task } from '../chore-runner.ts';

export interface WorkerGaugesParts {
  readonly registry: Registry;
  readonly chores: readonly Chore[];
  readonly queues: Queues;
  readonly tasks: readonly Task[];
}

/** How things stand, read when the metrics are. What can't be known just then is left out. */
export function addWorkerGauges({ registry, queues, chores, tasks }: WorkerGaugesParts): void {
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
    name: 'purser_worker_failing',
    help: '1 where the last run of a task of the worker failed.',
    labelNames: ['task'],
    registers,
    collect() {
      for (const { name: task, repeater } of tasks) this.set({ task }, repeater.isFailing ? 1 : 0);
    },
  });
  for (const chore of chores) if (chore.kind === 'timed' && chore.gauge) addChoreGauge(registry, chore.gauge);
}

function addChoreGauge(registry: Registry, { name, help, read }: ChoreGauge): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.remove();
      const [value] = await Promise.allSettled([read()]);
      if (value.status === 'fulfilled') this.set(value.value);
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
