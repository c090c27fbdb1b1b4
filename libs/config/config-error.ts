/** What is wrong with one environment variable. */
export interface ConfigFault {
  readonly variable: string;
  /** What is wrong with it, as the end of a sentence that begins with the variable's name. */
  readonly problem: string;
  /** An assignment that would be accepted. */
  readonly example: string;
}

/** The environment can't be used. Its message lists every fault, so that one look is enough to mend them all. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const lines = faults.map(({ variable, problem, example }) => `  ${variable} ${problem}, e.g. ${example}`);
    super(
      `${faults.length === 1 ? 'An environment variable is' : 'Environment variables are'} wrong:\n${lines.join('\n')}`,
    );
    this.faults = faults;
  }
}
