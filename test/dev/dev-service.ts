import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import pretty from 'pino-pretty';
import { root } from '../support/build.ts';

/** Defaults for development; the environment overrides them. */
const ENVIRONMENT = { PURSER_LOG_LEVEL: 'debug', PURSER_WEBHOOKS_ALLOW_LOOPBACK: 'true' };

/** Runs the built service as one process that can be restarted, and formats its log for people. */
export class DevService {
  #process: ChildProcess | null = null;
  #isStopping = false;
  #isRestarting = false;

  /** Stops the service, if it runs, and starts what has been built by then. Does nothing if a restart is under way. */
  async restart(): Promise<void> {
    if (this.#isRestarting) return;
    this.#isRestarting = true;
    await this.#end();
    this.#isRestarting = false;
    if (!this.#isStopping) this.#start();
  }

  /** Stops the service for good. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#end();
  }

  #start(): void {
    const service = spawn(process.execPath, [`${root}/dist/apps/cli/main.js`, 'start'], {
      cwd: root,
      env: { ...ENVIRONMENT, ...process.env },
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    service.stderr.pipe(pretty({ messageKey: 'message', ignore: 'pid' }));
    service.once('exit', (code) => {
      this.#process = null;
      if (code !== 0 && !this.#isStopping)
        process.stderr.write('purser failed and is started again after the next change\n');
    });
    this.#process = service;
  }

  async #end(): Promise<void> {
    const service = this.#process;
    if (service === null) return;
    const ended = once(service, 'exit');
    service.kill('SIGTERM');
    await ended;
  }
}
