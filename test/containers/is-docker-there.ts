import { request } from 'node:http';
import { env } from 'node:process';

const PATIENCE_MS = 2_000;

/**
 * Whether a Docker engine answers at `DOCKER_HOST`, or else at its usual socket. Asked beforehand and by ourselves, because
 * testcontainers, before it says no, tries all there is.
 */
export function isDockerThere(): Promise<boolean> {
  const host = env['DOCKER_HOST'] || 'unix:///var/run/docker.sock';
  const url = URL.canParse(host) ? new URL(host) : null;
  if (url === null) return Promise.resolve(false);
  const where = url.protocol === 'unix:' ? { socketPath: url.pathname } : { host: url.hostname, port: url.port };
  return new Promise((resolve) => {
    request({ ...where, path: '/_ping', timeout: PATIENCE_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    })
      .on('timeout', () => resolve(false))
      .on('error', () => resolve(false))
      .end();
  });
}
