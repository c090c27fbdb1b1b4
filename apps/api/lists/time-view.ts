/** A time as the API shows it: RFC 3339, UTC, milliseconds. */
export function timeView(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function optionalTimeView(milliseconds: number | null): string | null {
  return milliseconds === null ? null : timeView(milliseconds);
}
