import { cpus, totalmem } from 'node:os';
import type { BenchServer } from './bench-server.ts';

/** Where a run was made. Its absolute figures mean little anywhere else. */
export interface Machine {
  readonly platform: string;
  readonly cpus: number;
  readonly cpu: string;
  readonly memory_gib: number;
  readonly node: string;
  readonly postgres: string;
}

export async function describeMachine(server: BenchServer): Promise<Machine> {
  return {
    platform: `${process.platform} ${process.arch}`,
    cpus: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memory_gib: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    node: process.versions.node,
    postgres: await server.version(),
  };
}
