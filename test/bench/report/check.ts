export interface Bound {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A figure and what it should be. */
export interface Check {
  readonly name: string;
  /** `null`: it couldn't be measured. */
  readonly value: number | null;
  readonly at_least: number | null;
  readonly at_most: number | null;
  /** `null` where it wasn't measured, or is only good to know. */
  readonly reached: boolean | null;
}

export function checkOf(name: string, value: number | null, { atLeast, atMost }: Bound = {}): Check {
  const isKnown = value !== null && (atLeast !== undefined || atMost !== undefined);
  return {
    name,
    value,
    at_least: atLeast ?? null,
    at_most: atMost ?? null,
    reached: isKnown ? value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity) : null,
  };
}
