export { minorUnits, type MinorUnits, type PriceFault } from './minor-units.ts';
export { PaymentProviders, type ProviderRefusal, type StripeModes } from './payment-providers.ts';
export type {
  CheckoutPage,
  CheckoutRequest,
  Money,
  PaymentFailure,
  PaymentProvider,
  PaymentRequest,
  PaymentResult,
  ProviderName,
  ProviderPayment,
  RefundRequest,
  RefundResult,
} from './payment-provider.ts';
export type { DisputeEvent, PaymentEvent, ProviderEvent, RefundEvent } from './provider-event.ts';
export { ProviderUnavailable } from './provider-unavailable.ts';
export { stripeModes, type StripeSettings } from './stripe-modes.ts';
export { TestProvider } from './test-provider/test-provider.ts';
