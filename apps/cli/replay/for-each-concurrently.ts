/**
 * Visits the items in order, at most `limit` at a time. After a visit fails no new one begins; those under way are
 * waited for, and then the first failure is thrown.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  limit: number,
  visit: (item: T) => Promise<void>,
): Promise<void> {
  const remaining = items.values();
  const failures: unknown[] = [];
  const visitRemaining = async (): Promise<void> => {
    for (const item of remaining) {
      if (failures.length > 0) return;
      try {
        await visit(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, visitRemaining));
  if (failures.length > 0) throw failures[0];
}
