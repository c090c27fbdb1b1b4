/** Fails the spec that is running, with a sentence that says which rule broke. */
export function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Error(`broken rule: ${rule}`);
}
