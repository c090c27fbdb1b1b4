import { windowOf } from '#calendar';

/** A range cut where months begin: its beginning, the beginnings within it, and its end. */
export function cutByMonth(from: number, to: number, timeZone: string): readonly number[] {
  const cuts = [from];
  for (let at = from; at < to;) {
    const { end } = windowOf('month', timeZone, at);
    at = Math.min(end ?? to, to);
    cuts.push(at);
  }
  return cuts;
}
