/** The service can't be started as things stand, and the operator can mend it: the message says how. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
