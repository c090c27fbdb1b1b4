let lastTime = Number.NaN;
let lastText = '';

export function isoTime(milliseconds: number): string {
  if (milliseconds !== lastTime) {
    lastTime = milliseconds;
    lastText = new Date(milliseconds).toISOString();
  }
  return lastText;
}
