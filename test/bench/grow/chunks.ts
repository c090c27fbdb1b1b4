/** A stretch of numbers, `from` included, `to` not. */
export interface Chunk {
  readonly from: number;
  readonly to: number;
}

/** Cuts 0 … `count` into stretches of at most `size`, in order. */
export function chunksOf(count: number, size: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let from = 0; from < count; from += size) chunks.push({ from, to: Math.min(from + size, count) });
  return chunks;
}
