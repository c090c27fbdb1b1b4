/** Has one run at a time: all who ask while it is under way get the result of that very run. */
export class SingleFlight<T> {
  #underWay: Promise<T> | null = null;

  /** The run that is under way, or else a new one. */
  run(task: () => Promise<T>): Promise<T> {
    this.#underWay ??= task().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  /** Waits for what is under way, however it ends. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#underWay]);
  }
}
