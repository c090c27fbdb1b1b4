import {
  Repeater,
  SingleFlight,
  type Chore,
  type JobIds,
  type QueuedChore,
  type TimedChore,
  type Wake,
} from '#background';
import type { JobHandler, JobObserver, Queues, QueueWorkers } from '#queues';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { reconcile, RECONCILE_EVERY_MS } from './reconcile.ts';
import { wakeJobs } from './wake-jobs.ts';
import type { WorkerLog } from './worker-log.ts';

/** A job may wait up to 15 s for somebody else's server. The process has 30 s to stop. */
const STOP_GRACE_MS = 20_000;

export interface ChoreRunnerParts {
  readonly chores: readonly Chore[];
  /** Those of the chores. */
  readonly queues: Queues;
  readonly observer: JobObserver;
  readonly log: WorkerLog;
}

/** What the worker repeats by a timer. */
export interface Task {
  /** Its name in metrics. */
  readonly name: string;
  /** Its name in the body of `/health/live`; null where it isn't there. */
  readonly healthName: string | null;
  readonly repeater: Repeater;
}

/** Does all chores: works their queues, repeats the timed ones, and reconciles the queues with what is due. */
export class ChoreRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly tasks: readonly Task[];
  readonly #parts: ChoreRunnerParts;
  readonly #handlers = new Map<string, JobHandler>();
  #workers: QueueWorkers | null = null;

  constructor(parts: ChoreRunnerParts) {
    this.#parts = parts;
    const { chores, queues } = parts;
    const wake: Wake = (chore, jobs, options) => wakeJobs(queues, chore, jobs, options);
    const queued = chores.filter((chore) => chore.kind === 'queued');
    for (const chore of queued) this.#handlers.set(chore.name, (job) => handleJob(chore, job, wake));
    const timed = chores.filter((chore) => chore.kind === 'timed').map((chore) => this.#timedTask(chore, wake));
    this.tasks = [...timed, this.#reconcileTask(queued)];
  }

  onApplicationBootstrap(): void {
    const { queues, observer } = this.#parts;
    for (const { repeater } of this.tasks) repeater.start();
    this.#workers = queues.work((queue) => this.#handlerOf(queue.name), observer);
  }

  async beforeApplicationShutdown(): Promise<void> {
    const stopped = this.tasks.map(({ repeater }) => repeater.stop());
    const isFinished = await this.#workers?.stop(STOP_GRACE_MS);
    if (isFinished === false) this.#parts.log.warn('Some jobs were still under way; another worker does them again.');
    await Promise.all(stopped);
  }

  /** The timer and the schedule share one run, where both come at the same time. */
  #timedTask(chore: TimedChore, wake: Wake): Task {
    const { name, healthName = null, title, everyMs, retryMs, failureLevel, schedule } = chore;
    const flight = new SingleFlight<boolean>();
    const task = (): Promise<boolean> => flight.run(() => chore.run(wake));
    if (schedule) this.#handlers.set(schedule.queue, () => task().then(() => null));
    const { log } = this.#parts;
    const repeater = new Repeater({
      title,
      everyMs,
      retryMs,
      task,
      log: (line) => log.warn(line),
      logFailure: (line) => log[failureLevel](line),
    });
    return { name, healthName, repeater };
  }

  /** At the start, every 30 s, and when the queues are back. */
  #reconcileTask(chores: readonly QueuedChore[]): Task {
    const { queues, log } = this.#parts;
    const task = async (): Promise<boolean> => {
      await reconcile(queues, chores);
      // To look again at once would only find the same.
      return false;
    };
    const repeater = new Repeater({
      title: 'The reconciler',
      everyMs: RECONCILE_EVERY_MS,
      task,
      log: (line) => log.warn(line),
    });
    queues.onBack(() => void repeater.runNow());
    return { name: 'reconcile', healthName: null, repeater };
  }

  #handlerOf(queue: string): JobHandler {
    const handler = this.#handlers.get(queue);
    if (!handler) throw new Error(`no chore handles the jobs of ${queue}`);
    return handler;
  }
}

/**
 * What is due again later than the reconciler's next look is found by it. So no job waits in a queue for hours, for work that
 * may be called off or hurried meanwhile.
 */
async function handleJob(chore: QueuedChore, job: JobIds, wake: Wake): Promise<number | null> {
  const againAt = await chore.handle(job, wake);
  return againAt !== null && againAt - Date.now() <= RECONCILE_EVERY_MS ? againAt : null;
}
