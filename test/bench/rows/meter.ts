import { availableParallelism } from 'node:os';
import type { BenchServer } from '../bench-server.ts';
import { cpuTimeOf, cpuTimeOfMachine } from '../cpu-time.ts';
import type { Measurement } from './row.ts';

type Consumption = Pick<Measurement, 'cpu' | 'walBytes' | 'othersShare'>;

interface Reading {
  readonly atMs: number;
  readonly machine: number | null;
  /** Of this process, where it isn't what is measured. */
  readonly own: number;
  readonly service: number | null;
  readonly postgres: number | null;
  readonly walBytes: number;
}

/** Measures what a service and Postgres consume from its start to its reading. */
export class Meter {
  readonly #server: BenchServer;
  readonly #pid: number | null;
  readonly #before: Reading;

  private constructor(server: BenchServer, pid: number | null, before: Reading) {
    this.#server = server;
    this.#pid = pid;
    this.#before = before;
  }

  /** @param pid of the service; `null` where there is none beside Postgres. */
  static async start(server: BenchServer, pid: number | null): Promise<Meter> {
    return new Meter(server, pid, await read(server, pid));
  }

  /** @param loadMicros CPU time of the load generator. */
  async perDecision(decisions: number, loadMicros: number | null): Promise<Consumption> {
    const now = await read(this.#server, this.#pid);
    const since = (after: number | null, before: number | null): number | null =>
      after === null || before === null ? null : (after - before) / decisions;
    return {
      cpu: {
        service: since(now.service, this.#before.service),
        postgres: since(now.postgres, this.#before.postgres),
        load: since(loadMicros, 0),
      },
      walBytes: (now.walBytes - this.#before.walBytes) / decisions,
      othersShare: this.#othersShare(now, loadMicros ?? 0),
    };
  }

  #othersShare(now: Reading, loadMicros: number): number | null {
    const before = this.#before;
    if (now.machine === null || before.machine === null || now.postgres === null || before.postgres === null)
      return null;
    const ours = now.own - before.own + (now.service ?? 0) - (before.service ?? 0) + now.postgres - before.postgres;
    const time = 1000 * (now.atMs - before.atMs) * availableParallelism();
    return Math.max(0, now.machine - before.machine - ours - loadMicros) / time;
  }
}

async function read(server: BenchServer, pid: number | null): Promise<Reading> {
  const { user, system } = process.cpuUsage();
  return {
    atMs: performance.now(),
    machine: await cpuTimeOfMachine(),
    own: pid === process.pid ? 0 : user + system,
    service: pid === null ? null : await cpuTimeOf(pid),
    postgres: await server.cpuTime(),
    walBytes: await server.walBytes(),
  };
}
