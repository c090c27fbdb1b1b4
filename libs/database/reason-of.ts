/** What an error says, for a message of our own. */
export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  // A host with several addresses fails with one error for each, and the message of the whole is empty.
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.map(reasonOf).join('; ');
  return 'message' in error ? String(error.message) : JSON.stringify(error);
}
