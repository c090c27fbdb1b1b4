import { StripeEvents, type EventOutcome } from '#payment-store';
import { ProviderUnavailable } from '#payments';
import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { OpenToAll, RawBody } from '../auth/needs.ts';
import { problem, ProblemError } from '../problems/problem.ts';

/**
 * Where Stripe reports what becomes of payments. Only Stripe can call it, since only Stripe can sign what it sends: so it isn't part of
 * the API's description, from which clients are generated.
 */
@Controller('v1/providers/stripe')
export class StripeWebhookController {
  constructor(private readonly stripe: StripeEvents) {}

  @Post('webhook')
  @HttpCode(200)
  @OpenToAll()
  @RawBody()
  async receive(@Req() { body, headers }: FastifyRequest): Promise<{ readonly outcome: EventOutcome }> {
    const signature = headers['stripe-signature'];
    const outcome = typeof signature === 'string' ? await this.record(body as Buffer, signature) : null;
    if (outcome === null) throw new ProblemError(problem('webhook_signature_invalid', SIGNATURE_DETAIL));
    return { outcome };
  }

  private async record(body: Buffer, signature: string): Promise<EventOutcome | null> {
    try {
      return await this.stripe.receive(body, signature);
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      const detail = `Stripe has to be asked for more, and didn't answer: ${error.message}`;
      throw new ProblemError(problem('provider_unavailable', detail), { 'retry-after': '10' });
    }
  }
}

const SIGNATURE_DETAIL =
  'The header Stripe-Signature is missing, older than five minutes, or made with another secret than the endpoint’s own.';
