import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** A Redis of its own for one spec file, with nothing in it. */
export interface TestRedis {
  readonly url: string;
  /** Takes it away, as a crash would. */
  kill(): Promise<void>;
  /** Lets it answer nothing any more, though it is there, as a machine that hangs. */
  hang(): void;
  /** Brings it back on the same port, empty. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether this machine has a Redis to start. CI installs one. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export async function startTestRedis(): Promise<TestRedis> {
  const port = await freePort();
  let redis = await startOn(port);
  const kill = async (): Promise<void> => {
    if (redis.exitCode !== null || redis.signalCode !== null) return;
    redis.kill('SIGKILL');
    await once(redis, 'exit');
  };
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    kill,
    hang: () => void redis.kill('SIGSTOP'),
    restart: async () => {
      await kill();
      redis = await startOn(port);
    },
    stop: kill,
  };
}

async function startOn(port: number): Promise<ChildProcess> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const redis = spawn('redis-server', options, { stdio: 'ignore' });
  await eventually('Redis listens', () => isListening(port));
  return redis;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
