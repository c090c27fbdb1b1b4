/** An answer needs the sums of accounts that can't be added up. Without them it would be wrong. */
export class RollupsIncomplete extends Error {
  override readonly name = 'RollupsIncomplete';

  /** @param failures each names its account and says what is wrong */
  constructor(failures: readonly string[], cause: unknown) {
    super(failures.join('\n'), { cause });
  }
}
