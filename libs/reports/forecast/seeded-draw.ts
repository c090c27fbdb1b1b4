/** Draws whole numbers from 0 up to an end, which isn't among them. */
export type Draw = (end: number) => number;

/** The same seed gives the same draws: who asks twice is told the same. (Mulberry32, seeded by FNV-1a.) */
export function seededDraw(seed: string): Draw {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(seed)) state = Math.imul(state ^ byte, 0x01000193);
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  };
}
