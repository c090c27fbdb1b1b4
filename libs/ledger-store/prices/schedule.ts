/** When a version of a rate card is in effect. Times are milliseconds since 1970. */
export interface ScheduledVersion {
  readonly version: number;
  /** By the clock of an account. */
  readonly effectiveAt: number;
  /** By real time: from then on, every process has it. */
  readonly knownFrom: number;
}

const ALWAYS = Number.NEGATIVE_INFINITY;

/** Versions in the order in which they take effect; of two that do so at one instant, the later version counts. */
export function scheduleOf(versions: readonly ScheduledVersion[]): readonly ScheduledVersion[] {
  return versions
    .map((one) => (one.version === 1 ? { version: 1, effectiveAt: ALWAYS, knownFrom: ALWAYS } : one))
    .sort((a, b) => compare(a.effectiveAt, b.effectiveAt) || a.version - b.version);
}

/** The version that is in effect at an instant of an account's time; the first one always has been. */
export function versionInEffect(schedule: readonly ScheduledVersion[], at: number, realNow: number): number | null {
  return schedule.findLast(({ effectiveAt, knownFrom }) => effectiveAt <= at && knownFrom <= realNow)?.version ?? null;
}

/** The version in effect in real time, and those that take effect later: no account's clock is behind real time. */
export function currentAndLater(schedule: readonly ScheduledVersion[], realNow: number): readonly number[] {
  const current = schedule.findLastIndex(
    ({ effectiveAt, knownFrom }) => effectiveAt <= realNow && knownFrom <= realNow,
  );
  return schedule.slice(Math.max(current, 0)).map(({ version }) => version);
}

export function latestVersion(schedule: readonly ScheduledVersion[]): number {
  return Math.max(0, ...schedule.map(({ version }) => version));
}

/** Whether a new version from this instant on would be superseded already by one that is in effect now. */
export function isNeverEffective(schedule: readonly ScheduledVersion[], effectiveAt: number, now: number): boolean {
  return schedule.some((one) => one.effectiveAt <= now && one.effectiveAt > effectiveAt);
}

/** Two infinities have no difference. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
