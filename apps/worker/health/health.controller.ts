import { PacedFlight } from '#background';
import { Queues } from '#queues';
import { Controller, Get, Header, HttpCode } from '@nestjs/common';
import { Registry } from 'prom-client';
import { ChoreRunner } from '../chore-runner.ts';

/** To collect the metrics asks the queues and the database, so it is done a few times a second at most. */
const COLLECTION_INTERVAL_MS = 200;

/** What the operator's machines ask a worker. Nothing in it is about customers. It needs no key, so keep the port private. */
@Controller()
export class HealthController {
  private readonly collection = new PacedFlight(COLLECTION_INTERVAL_MS, () => this.registry.metrics());

  constructor(
    private readonly queues: Queues,
    private readonly runner: ChoreRunner,
    private readonly registry: Registry,
  ) {}

  /**
   * The process runs. How its work goes is in the body, and is no reason to restart it: what it needs is away, and it goes on
   * by itself.
   */
  @Get('health/live')
  @HttpCode(200)
  live(): Readonly<Record<string, string>> {
    const tasks = this.runner.tasks.flatMap(({ healthName, repeater }) =>
      healthName === null ? [] : [[healthName, repeater.isFailing ? 'failing' : 'ok'] as const],
    );
    return { status: 'ok', queue: this.queues.isAway ? 'away' : 'ok', ...Object.fromEntries(tasks) };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.collection.run();
  }
}
