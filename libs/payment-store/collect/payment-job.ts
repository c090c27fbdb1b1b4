/** Collect the payment of a purchase if it is pending; its UUID. */
export type PaymentJob = Readonly<Record<'purchase', string>>;
