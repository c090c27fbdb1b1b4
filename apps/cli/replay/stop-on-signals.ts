import { constants } from 'node:os';
import { ReplayError } from './replay-error.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Somebody asked for the end, by Ctrl-C for instance. */
class Interrupted extends ReplayError {
  override readonly name = 'Interrupted';
  /** As shells count: 128 and the signal's number. */
  override readonly exitCode: number;

  constructor(signal: (typeof signals)[number]) {
    super(`Stopped by ${signal}.`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Aborts with `Interrupted` on the first signal, so that everything can be ended in order.
 * @returns what gives signals their usual meaning back
 */
export function stopOnSignals(stop: AbortController): () => void {
  const onSignal = (signal: (typeof signals)[number]): void => {
    stop.abort(new Interrupted(signal));
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
