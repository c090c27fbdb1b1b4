/** Whether changes of balances are being written: what became of the last that this process tried to write. */
export class WriteHealth {
  private failure: { readonly reason: unknown } | null = null;

  get isFailing(): boolean {
    return this.failure !== null;
  }

  /** What kept the last change from being written. */
  get reason(): unknown {
    return this.failure?.reason;
  }

  written(): void {
    this.failure = null;
  }

  failed(reason: unknown): void {
    this.failure = { reason };
  }
}
