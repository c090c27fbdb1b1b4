import { DevService } from './dev-service.ts';
import { watchBuild } from './watch-build.ts';

/** `npm run dev`: builds whatever changes and restarts the service with it. */
const service = new DevService();
const compiler = watchBuild({
  built: () => void service.restart(),
  write: (text) => process.stdout.write(text),
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    compiler.kill();
    void service.stop();
  });
}
