/** Whether this process wants more requests. Once it has begun to stop it doesn't, though it answers those that come. */
export class Readiness {
  private stopping = false;

  get isStopping(): boolean {
    return this.stopping;
  }

  /** From now on load balancers are told to send requests elsewhere. */
  stop(): void {
    this.stopping = true;
  }
}
