import type { FinishedJob, JobObserver } from '#queues';
import { Counter, Histogram, type Registry } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];

/** What is counted as jobs are run. Every name is explained in docs/operations/queues.md. */
export class WorkerMetrics implements JobObserver {
  readonly #jobs: Counter<'queue' | 'outcome'>;
  readonly #seconds: Histogram<'queue'>;
  readonly #lag: Histogram<'queue'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#jobs = new Counter({
      name: 'purser_queue_jobs_total',
      help: 'Jobs run. outcome: done, again (to be run again at a time of its own), or failed.',
      labelNames: ['queue', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'purser_queue_job_duration_seconds',
      help: 'How long a job took.',
      labelNames: ['queue'],
      buckets: SECONDS,
      registers,
    });
    this.#lag = new Histogram({
      name: 'purser_queue_lag_seconds',
      help: 'How long after it was added a job was begun.',
      labelNames: ['queue'],
      buckets: SECONDS,
      registers,
    });
  }

  jobFinished({ queue, outcome, milliseconds, lateMs }: FinishedJob): void {
    this.#jobs.inc({ queue, outcome });
    this.#seconds.observe({ queue }, milliseconds / 1000);
    if (lateMs !== null) this.#lag.observe({ queue }, lateMs / 1000);
  }
}
