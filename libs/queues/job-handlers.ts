import { QUEUE_NAMES, type JobPayloads, type QueueName } from './queue-table.ts';

/**
 * Does what a job is for.
 * @returns when the same job should run again, in milliseconds since 1970; null where it is done
 */
export type JobHandler<Name extends QueueName> = (payload: JobPayloads[Name]) => Promise<number | null>;

/** Exactly one handler for each queue. */
export type JobHandlers = { readonly [Name in QueueName]: JobHandler<Name> };

/** A queue nobody works, or a handler for a queue that isn't there: the worker must not start like that. */
class HandlerError extends Error {
  override readonly name = 'HandlerError';
}

/**
 * What the compiler has checked already, checked again where handlers are put together at run time.
 * @throws HandlerError naming all that is wrong
 */
export function checkHandlers(handlers: JobHandlers): void {
  const isHandled = (name: string): boolean => Object.hasOwn(handlers, name);
  const isFunction = ([, handler]: [string, unknown]): boolean => typeof handler === 'function';
  const faults = [
    ...QUEUE_NAMES.filter((name) => !isHandled(name)).map((name) => `${name} has none`),
    ...Object.keys(handlers)
      .filter((name) => !QUEUE_NAMES.some((known) => known === name))
      .map((name) => `${name} is no queue`),
    ...Object.entries(handlers)
      .filter((entry) => !isFunction(entry))
      .map(([name]) => `that of ${name} is no function`),
  ];
  if (faults.length > 0) throw new HandlerError(`Every queue needs exactly one handler: ${faults.join('; ')}.`);
}
