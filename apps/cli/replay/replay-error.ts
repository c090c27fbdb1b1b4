/** The replay can't be done as things stand, and whoever runs it can mend that: the message says how. */
export class ReplayError extends Error {
  override readonly name: string = 'ReplayError';
  readonly exitCode: number = 1;
}
