/** About how many bytes of memory a value that came as JSON takes. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 32;
  for (const [name, item] of Object.entries(value)) size += name.length + sizeOf(item);
  return size;
}
