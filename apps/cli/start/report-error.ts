import { ConfigError } from '#config';
import { DatabaseError } from '#database';
import { StartError } from './start-error.ts';

/**
 * Tells the operator why a command failed: one paragraph where it is theirs to mend, with the stack where it is a fault of
 * Purser's own.
 */
export function reportError(error: unknown): void {
  if (error instanceof SuppressedError) {
    // Something failed, and then the clean-up did too.
    reportError(error.suppressed);
    reportError(error.error);
    return;
  }
  console.error(isOperatorError(error) ? error.message : error);
}

function isOperatorError(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof DatabaseError || error instanceof StartError;
}
