/** Most times of a batch are that of its decisions, or the start or end of a window that many counters share. */
const texts = new Map<number, string>();
const TEXTS_MAX = 256;
let lastTime = Number.NaN;
let lastText = '';

export function isoTime(milliseconds: number): string {
  if (milliseconds !== lastTime) {
    lastText = textOf(milliseconds);
    lastTime = milliseconds;
  }
  return lastText;
}

function textOf(milliseconds: number): string {
  const known = texts.get(milliseconds);
  if (known !== undefined) return known;
  const text = new Date(milliseconds).toISOString();
  if (texts.size >= TEXTS_MAX) texts.clear();
  texts.set(milliseconds, text);
  return text;
}
