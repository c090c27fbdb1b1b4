/** How many batches a suspicion lasts. */
const BATCHES = 64;

/**
 * Something that batches usually take for absent, and leave to a guard to prove, was there. For some batches it is looked for
 * before they are decided: that costs a reading, and a refusal costs a batch.
 */
export class Suspicion {
  private batches = 0;

  get isRaised(): boolean {
    return this.batches > 0;
  }

  raise(): void {
    this.batches = BATCHES;
  }

  batchSent(): void {
    this.batches = Math.max(0, this.batches - 1);
  }
}
