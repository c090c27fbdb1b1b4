import { ConfigError, type ConfigFault } from './config-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface TextRule {
  readonly example: string;
  /** What is wrong with the text, or null. It must not repeat the text where that may be a secret. */
  readonly problem: (text: string) => string | null;
}

interface WholeNumberRule {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
  /** Shown where the fallback, as `0` for "off", would be no example. */
  readonly example?: number;
}

/** Reads variables one by one and gathers the faults, so that they can be reported together. */
export class VariableReader {
  readonly #env: Environment;
  readonly #faults: ConfigFault[] = [];

  constructor(env: Environment) {
    this.#env = env;
  }

  /** The variable's text; undefined where it is unset, empty (as compose files pass on what is unset) or faulty. */
  text(variable: string, rule: TextRule): string | undefined {
    const text = this.#env[variable]?.trim();
    if (text === undefined || text === '') return undefined;
    const problem = rule.problem(text);
    if (problem === null) return text;
    this.fault(variable, problem, rule.example);
    return undefined;
  }

  /** The same for a variable that must be set: `need` says so. What is given back where it isn't must not be used. */
  requiredText(variable: string, rule: TextRule & { readonly need: string }): string {
    const isSet = (this.#env[variable]?.trim() ?? '') !== '';
    if (!isSet) this.fault(variable, rule.need, rule.example);
    return this.text(variable, rule) ?? '';
  }

  wholeNumber(variable: string, { min, max, fallback, example = fallback }: WholeNumberRule): number {
    const text = this.text(variable, {
      example: String(example),
      problem: (given) =>
        /^\d{1,9}$/.test(given) && Number(given) >= min && Number(given) <= max
          ? null
          : `is '${given}' but must be a whole number from ${min} to ${max}`,
    });
    return text === undefined ? fallback : Number(text);
  }

  fault(variable: string, problem: string, exampleValue: string): void {
    this.#faults.push({ variable, problem, example: `${variable}=${exampleValue}` });
  }

  /** Throws a ConfigError if any variable read so far was faulty, or there are other faults. */
  throwFaults(others: readonly ConfigFault[]): void {
    const faults = [...this.#faults, ...others];
    if (faults.length > 0) throw new ConfigError(faults);
  }
}
