let lastTime = Number.NaN;
let lastText = '';

/** A time as the API shows it: RFC 3339, UTC, milliseconds. */
export function timeView(milliseconds: number): string {
  // The decisions of a batch share their times, and writing a date takes as long as writing the rest of a balance.
  if (milliseconds !== lastTime) {
    lastTime = milliseconds;
    lastText = new Date(milliseconds).toISOString();
  }
  return lastText;
}

export function optionalTimeView(milliseconds: number | null): string | null {
  return milliseconds === null ? null : timeView(milliseconds);
}
