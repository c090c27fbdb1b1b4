import { SPREAD } from '../accounts.ts';
import { describeMachine } from '../machine.ts';
import { MemoryWatch } from '../memory.ts';
import { ProductRun } from '../product-run.ts';
import { checkOf, type Check } from '../report/check.ts';
import { formatStages } from '../report/format-stages.ts';
import { stageOf, type Stage, type StagesReport } from '../report/stages-report.ts';
import { quotient } from '../report/statistics.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { Outcome, RunOptions } from './mode.ts';

export interface SoakOptions extends RunOptions {
  readonly minutes: number;
}

const CONNECTIONS = 128;
/** Of what it can do: a service that is always at its limit has no steady latency. */
const SHARE = 0.5;
const WARM_UP_SECONDS = 10;

/** Authorizes and commits at a steady rate, minute after minute: neither memory nor latency may creep up. */
export async function runSoak({ minutes, seconds, log, signal }: SoakOptions): Promise<Outcome> {
  const startedAt = new Date().toISOString();
  await using cleanUp = new AsyncDisposableStack();
  const run = await ProductRun.start({ accounts: [SPREAD], processes: 1, log });
  cleanUp.defer(() => run.stop());
  const [service] = run.services;
  if (!service) throw new Error('no service was started');
  const load = { work: 'pair', accounts: SPREAD } as const;
  await run.run(run.services, CONNECTIONS, { ...load, seconds: WARM_UP_SECONDS, pace: 'closed' });
  const { perSecond: peak } = await run.run(run.services, CONNECTIONS, { ...load, seconds, pace: 'closed' });
  const pace = { kind: 'fixed', perSecond: Math.max(1, Math.round(SHARE * peak)) } as const;
  log(`it can do ${Math.round(peak)} pairs a second, and is asked for ${pace.perSecond}`);

  const stages: Stage[] = [];
  for (let minute = 1; minute <= minutes; minute += 1) {
    using memory = new MemoryWatch(service.pid);
    const result = await unlessAborted(signal, run.run(run.services, CONNECTIONS, { ...load, seconds: 60, pace }));
    const stage = stageOf(`minute ${minute}`, result, await memory.max());
    stages.push(stage);
    log(`${stage.name}: p99 ${stage.latency_ms.p99.toFixed(1)} ms, ${Math.round(stage.memory_mib ?? 0)} MiB`);
  }
  const name = `authorize + commit, 10,000 accounts, ${pace.perSecond} pairs a second for ${minutes} minutes`;
  const report: StagesReport = {
    started_at: startedAt,
    trials: [{ name, stages, checks: checksOf(stages) }],
    verified: await run.server.verifyLedgers(),
    machine: await describeMachine(run.server),
  };
  return { report, text: formatStages(report) };
}

/** The first minute is still warming up. */
function checksOf(stages: readonly Stage[]): Check[] {
  const [second, last] = [stages[1], stages.at(-1)];
  if (!second || !last) throw new Error('a soak takes two minutes or more');
  return [
    checkOf('memory, last minute ÷ second', quotient(last.memory_mib, second.memory_mib), { atMost: 1.2 }),
    checkOf('p99, last minute ÷ second', last.latency_ms.p99 / second.latency_ms.p99, { atMost: 1.2 }),
  ];
}
