import { StripeEvents, type EventOutcome } from '#payment-store';
import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { OpenToAll, RawBody } from '../auth/needs.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { askProvider } from './ask-provider.ts';

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
    const isSigned = typeof signature === 'string';
    const outcome = isSigned ? await askProvider(() => this.stripe.receive(body as Buffer, signature)) : null;
    if (outcome === null) throw new ProblemError(problem('webhook_signature_invalid', SIGNATURE_DETAIL));
    return { outcome };
  }
}

const SIGNATURE_DETAIL =
  'The header Stripe-Signature is missing, older than five minutes, or made with another secret than the endpoint’s own.';
