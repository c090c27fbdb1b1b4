import { readdir, readFile } from 'node:fs/promises';

/** A tick of the kernel's accounts; Linux reports 100 per second to programs, whatever it uses itself. */
const MICROS_PER_TICK = 10_000;

interface ProcessTimes {
  readonly parent: number;
  /** User and system, in µs. */
  readonly own: number;
  /** Of its children that have ended. */
  readonly ended: number;
}

/** CPU time that a process has used so far, in µs; `null` where the system has no /proc. */
export async function cpuTimeOf(pid: number): Promise<number | null> {
  return (await readTimes(pid))?.own ?? null;
}

/** CPU time of a process and all its children, in µs: Postgres's server and its sessions. */
export async function cpuTimeOfFamily(pid: number): Promise<number | null> {
  for (;;) {
    const head = await readTimes(pid);
    if (!head) return null;
    const children = await cpuTimeOfChildren(pid);
    // A child that ended meanwhile may have been counted twice, or not at all.
    if ((await readTimes(pid))?.ended === head.ended) return head.own + head.ended + children;
  }
}

async function cpuTimeOfChildren(pid: number): Promise<number> {
  let sum = 0;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const child = await readTimes(Number(name));
    if (child?.parent === pid) sum += child.own;
  }
  return sum;
}

/**
 * CPU time that was used by any program on this machine, or given to other machines on the same hardware, in µs since it
 * started; `null` where the system has no /proc. Interrupts aren't counted: they are nobody's in particular.
 */
export async function cpuTimeOfMachine(): Promise<number | null> {
  const text = await readProcFile('stat');
  if (text === null) return null;
  const [user = 0, nice = 0, system = 0, , , , , stolen = 0] = text
    .slice('cpu '.length, text.indexOf('\n'))
    .trim()
    .split(' ')
    .map(Number);
  return MICROS_PER_TICK * (user + nice + system + stolen);
}

async function readTimes(pid: number): Promise<ProcessTimes | null> {
  const text = await readProcFile(`${pid}/stat`);
  if (text === null) return null;
  // The name stands in parentheses and may hold anything; the figures come after it.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = (index: number): number => fields[index] ?? 0;
  return {
    parent: ticks(1),
    own: MICROS_PER_TICK * (ticks(11) + ticks(12)),
    ended: MICROS_PER_TICK * (ticks(13) + ticks(14)),
  };
}

/** `null` where there is no /proc, or the process has just ended. */
async function readProcFile(name: string): Promise<string | null> {
  try {
    return await readFile(`/proc/${name}`, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
