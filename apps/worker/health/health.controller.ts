import { Queues } from '#queues';
import { Controller, Get, Header, HttpCode } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Relay } from '../relay.ts';
import { Sweeps } from '../sweeps.ts';

/** What the operator's machines ask a worker. It tells nothing of customers, and answers nobody else: keep the port private. */
@Controller()
export class HealthController {
  constructor(
    private readonly queues: Queues,
    private readonly relay: Relay,
    private readonly sweeps: Sweeps,
    private readonly registry: Registry,
  ) {}

  /**
   * The process runs. How its work goes is told, and is no reason to restart it: what it needs is away, and it goes on by
   * itself.
   */
  @Get('health/live')
  @HttpCode(200)
  live(): Readonly<Record<string, string>> {
    return {
      status: 'ok',
      queue: this.queues.isAway ? 'away' : 'ok',
      relay: this.relay.repeater.isFailing ? 'failing' : 'ok',
      sweeps: this.sweeps.repeater.isFailing ? 'failing' : 'ok',
    };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.registry.metrics();
  }
}
