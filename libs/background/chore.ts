/** What a job carries: ids and nothing else. What is to be done stands in Postgres. */
export type JobIds = Readonly<Record<string, string>>;

export interface WakeOptions {
  /**
   * Leaves out those that were woken like this and still wait or are under way: for a caller that wakes again and again what it
   * finds. A caller that has news must not use it, because a job that is under way may have looked at the state before.
   */
  readonly unlessThere?: boolean;
}

/** Has jobs of a chore run soon. Where the queues are away nothing is lost: the chore's `due` finds what wasn't woken. */
export type Wake = <Job extends JobIds>(
  chore: QueuedChore<Job>,
  jobs: readonly Job[],
  options?: WakeOptions,
) => Promise<void>;

/**
 * Work in jobs, one for each thing that Postgres says is due. A job is a wake-up call that may come late, twice or never: so
 * `handle` looks at the state first, and `due` finds whatever no job has come for.
 */
export interface QueuedChore<Job extends JobIds = JobIds> {
  readonly kind: 'queued';
  /** The name of its queue, by which operators know it too. Jobs wait under it, so it never changes. */
  readonly name: string;
  /** How many of its jobs one process handles at the same time. */
  readonly concurrency: number;
  /** How often a job whose handler throws is run before it is left to `due`. */
  readonly attempts: number;
  /** The same for the same work. No ":" may be in it, and not only digits, which BullMQ keeps for itself. */
  idOf(job: Job): string;
  /** What is due by its state, the longest overdue first. */
  due(limit: number): Promise<readonly Job[]>;
  /**
   * Does one job, however often it is called for the same one.
   * @returns when the same job should run again, in milliseconds since 1970; null where it is done
   */
  handle(job: Job, wake: Wake): Promise<number | null>;
}

/** Work that comes again and again, and finds by itself what is to be done. Two at the same time do no harm. */
export interface TimedChore {
  readonly kind: 'timed';
  /** Its name in metrics. */
  readonly name: string;
  /** As the subject of a sentence, for the log: `The relay of events`. */
  readonly title: string;
  /** Its name in the body of `/health/live`, where it is shown there. */
  readonly healthName?: string;
  /** How a failure is logged: as an error where somebody must look, as a warning where it usually heals by itself. */
  readonly failureLevel: 'warn' | 'error';
  /** Each worker does it so often, by a timer of its own. */
  readonly everyMs: number;
  /** The same after a failure; a second where it isn't given. */
  readonly retryMs?: number | undefined;
  /** One of all workers does it besides, so often, by a schedule in this queue. */
  readonly schedule?: { readonly queue: string; readonly everyMs: number };
  /** How much it has before it, read whenever the metrics are. */
  readonly gauge?: ChoreGauge;
  /** @returns whether there is more to do, which is then done soon */
  run(wake: Wake): Promise<boolean>;
}

export interface ChoreGauge {
  readonly name: string;
  readonly help: string;
  readonly read: () => Promise<number>;
}

/** For what a chore has done: fields, and a line that says what they mean. */
export interface ChoreLog {
  info(fields: object, line: string): void;
}

/** What a worker does, in one declaration. */
export type Chore = QueuedChore | TimedChore;
