/** What is to happen, by the instants at which it does. More may be added while it is gone through. */
export class Timeline<Incident extends { readonly at: number }> {
  private readonly byInstant = new Map<number, Incident[]>();
  /** Rising; those before `passed` were taken. */
  private readonly instants: number[];
  private passed = 0;

  constructor(incidents: readonly Incident[]) {
    for (const incident of incidents) this.note(incident);
    this.instants = [...this.byInstant.keys()].sort((a, b) => a - b);
  }

  /** The next instant at which anything happens; infinity where nothing does. */
  next(): number {
    return this.instants[this.passed] ?? Number.POSITIVE_INFINITY;
  }

  /** What happens at an instant, which is the next one or comes before it. */
  take(at: number): readonly Incident[] {
    const taken = this.byInstant.get(at) ?? [];
    if (this.next() === at) this.passed += 1;
    return taken;
  }

  /** Adds what happens later than what was taken. */
  add(incidents: readonly Incident[]): void {
    for (const incident of incidents) {
      if (!this.note(incident)) continue;
      let place = this.instants.length;
      while (place > this.passed && (this.instants[place - 1] ?? 0) > incident.at) place -= 1;
      this.instants.splice(place, 0, incident.at);
    }
  }

  /** @returns whether nothing else happens at its instant */
  private note(incident: Incident): boolean {
    const others = this.byInstant.get(incident.at);
    if (others) others.push(incident);
    else this.byInstant.set(incident.at, [incident]);
    return !others;
  }
}
