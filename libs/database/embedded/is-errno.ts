/** Whether a system call failed with one of these codes, e.g. ENOENT. */
export function isErrno(error: unknown, ...codes: string[]): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && codes.includes(code);
}
