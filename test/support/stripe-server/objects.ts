/** Objects as the API shows them, reduced to the fields that matter here. */
export type Metadata = Readonly<Record<string, string>>;

export interface Intent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  amount_received: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly description: string | null;
  readonly metadata: Metadata;
  readonly payment_method: string | null;
  readonly created: number;
  readonly livemode: boolean;
  status: string;
  canceled_at: number | null;
  cancellation_reason: string | null;
  last_payment_error: Readonly<Record<string, unknown>> | null;
  latest_charge: string | null;
  next_action: null;
}

export interface Charge {
  readonly id: string;
  readonly object: 'charge';
  readonly amount: number;
  amount_refunded: number;
  readonly currency: string;
  readonly metadata: Metadata;
  readonly payment_intent: string;
  readonly created: number;
  readonly livemode: boolean;
  disputed: boolean;
  refunded: boolean;
}

export interface Refund {
  readonly id: string;
  readonly object: 'refund';
  readonly amount: number;
  readonly currency: string;
  readonly charge: string;
  readonly payment_intent: string;
  readonly metadata: Metadata;
  readonly created: number;
  status: string;
  failure_reason?: string;
}

export interface Session {
  readonly id: string;
  readonly object: 'checkout.session';
  readonly amount_total: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly metadata: Metadata;
  /** What the intent of its payment gets. */
  readonly intent: { readonly metadata: Metadata; readonly description: string | null };
  readonly created: number;
  readonly livemode: boolean;
  readonly success_url: string;
  status: string;
  payment_status: string;
  payment_intent: string | null;
  url: string | null;
}

export interface Dispute {
  readonly id: string;
  readonly object: 'dispute';
  readonly amount: number;
  readonly currency: string;
  readonly charge: string;
  readonly payment_intent: string;
  readonly created: number;
  readonly livemode: boolean;
  status: string;
}
