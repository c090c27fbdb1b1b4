import { Body, Controller, Post } from '@nestjs/common';

/** What the ledger answers to an authorization, in form and size. */
const VIEW = {
  id: 'auth_01m7xxdjsje0094rhh148wft1b',
  account: 'hot-authorize',
  status: 'authorized',
  amount: '0.5',
  held: '0.5',
  committed: '0',
  uncollected: '0',
  refunded: '0',
  overage: 'cap',
  late: false,
  usage: [{ event: 'chat.completed', model: 'gpt-x' }],
  tags: { feature: 'chat' },
  price: null,
  metadata: {},
  created_at: '2026-11-21T02:02:00.370Z',
  expires_at: '2026-11-21T02:17:00.370Z',
  committed_at: null,
  balance: { posted: '1000000000000', held: '150000.5', available: '999999849999.5', unit: 'credits' },
};

/** Reads a body and answers it with a constant. */
export class DoNothingController {
  answer(_body: unknown): typeof VIEW {
    return VIEW;
  }
}

// Node runs these files with their types stripped, and decorators aren't types: they are applied as what they are, functions.
Controller('v1')(DoNothingController);
const route = Object.getOwnPropertyDescriptor(DoNothingController.prototype, 'answer');
if (!route) throw new Error('the controller has lost its method');
Post('authorizations')(DoNothingController.prototype, 'answer', route);
Body()(DoNothingController.prototype, 'answer', 0);
