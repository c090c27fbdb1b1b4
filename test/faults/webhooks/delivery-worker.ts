import type { QueuePlace } from '#queues';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('worker-process.ts', import.meta.url));

export interface DeliveryWorkerTerms {
  readonly queuePlace: QueuePlace;
  readonly databaseUrl: string;
  readonly secretsKey: Buffer;
  /** Waits before the attempts of a delivery, where they aren't to be the real ones. */
  readonly delaysMs?: readonly number[];
}

/** A worker in a process of its own, which relays and delivers events. */
export class DeliveryWorker {
  #log = '';

  private constructor(private readonly child: ChildProcess) {
    child.stderr?.on('data', (text: Buffer) => (this.#log += text.toString()));
  }

  /** What it has logged. */
  get log(): string {
    return this.#log;
  }

  static async start({ secretsKey, ...terms }: DeliveryWorkerTerms): Promise<DeliveryWorker> {
    const args = JSON.stringify({ ...terms, secretsKey: secretsKey.toString('base64') });
    const child = spawn(process.execPath, ['--no-warnings', script, args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const worker = new DeliveryWorker(child);
    await Promise.race([once(child.stdout, 'data'), worker.#diedEarly()]);
    return worker;
  }

  /** Ends it by SIGKILL; again, nothing happens. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  async #diedEarly(): Promise<never> {
    await once(this.child, 'exit');
    throw new Error(`The worker ended before it was ready: ${this.#log}`);
  }
}
