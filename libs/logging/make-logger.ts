import type { LogLevel } from '#config';
import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { secretsRemover } from './remove-secrets.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Texts that must never be written, whoever says them. What looks like a key of ours is never written anyway. */
  readonly secrets: readonly string[];
  /** Where the lines go; standard error where it isn't given. */
  readonly stream?: DestinationStream;
}

/** A log of one JSON object per line. Lines are written before the call returns, so that a crash loses none. */
export function makeLogger({ level, secrets, stream = destination(STANDARD_ERROR) }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: secretsRemover(secrets) },
    },
    stream,
  );
}

const STANDARD_ERROR = 2;
