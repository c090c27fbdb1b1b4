import type { Verdict } from './report.ts';
import { runCli } from './run-cli.ts';

/**
 * Runs `purser verify` on the database that this environment leads to.
 * @param environment variables to set beside the inherited ones
 */
export async function verifyBooks(environment: Record<string, string>, signal: AbortSignal): Promise<Verdict> {
  const { child, lastLines, ended } = runCli('verify', environment);
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', stop);
  const code = await ended;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code === 0) return { result: 'passed', summary: lastLines.at(-1) ?? '' };
  return { result: 'failed', summary: [`exit code ${code ?? 'none'}`, ...lastLines].join('\n  ') };
}
