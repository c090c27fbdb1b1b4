/** The service didn't do what the rules say, or the reference is wrong. */
export class ModelMismatch extends Error {
  constructor(trace: readonly string[], differences: readonly string[]) {
    super(`${trace.join('\n')}\n\nThe reference and the service differ:\n  ${differences.join('\n  ')}`);
    this.name = 'ModelMismatch';
  }
}
