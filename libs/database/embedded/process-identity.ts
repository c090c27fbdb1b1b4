import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isErrno } from './is-errno.ts';

/**
 * When a process began, as opaque text; null where none runs (an ended one nobody has waited for counts as none). Together
 * with the pid this is an identity: pids alone come back, after a reboot or a restarted container even at once.
 */
export async function processStart(pid: number): Promise<string | null> {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

async function startFromProc(pid: number): Promise<string | null> {
  const stat = await readProcFile(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field, the command in parentheses, may contain spaces; the state is the third and the start the 22nd.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return `${boot.trim()} ${fields[19]}`;
}

async function startFromPs(pid: number): Promise<string | null> {
  const line = await psLine(pid, 'stat=,lstart=');
  return line === null || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
}

/** The arguments a process was started with; null where none runs. */
export async function processArguments(pid: number): Promise<readonly string[] | null> {
  if (process.platform !== 'linux') return (await psLine(pid, 'command='))?.split(' ') ?? null;
  const commandLine = await readProcFile(`/proc/${pid}/cmdline`);
  // It is empty for an ended process that nobody has waited for.
  return commandLine === null || commandLine === '' ? null : commandLine.split('\0');
}

async function readProcFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
}

async function psLine(pid: number, columns: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', columns, '-p', String(pid)], { env: { LC_ALL: 'C' } });
    return stdout.trim();
  } catch (error) {
    // ps ends with 1 where there is no such process.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 1) return null;
    throw error;
  }
}
