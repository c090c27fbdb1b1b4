export { amountOfMinorUnits, minorUnits, roundToChargeable, type MinorUnits, type PriceFault } from './minor-units.ts';
export { PaymentProviders, type ProviderRefusal, type StripeModes } from './payment-providers.ts';
export {
  PROVIDER_NAMES,
  type CheckoutPage,
  type CheckoutRequest,
  type Money,
  type PaymentFailure,
  type PaymentProvider,
  type PaymentRequest,
  type PaymentResult,
  type ProviderName,
  type ProviderPayment,
  type RefundRequest,
  type RefundResult,
} from './payment-provider.ts';
export type { DisputeEvent, PaymentEvent, ProviderEvent, RefundEvent } from './provider-event.ts';
export { ProviderUnavailable } from './provider-unavailable.ts';
export { stripeModes, type StripeSettings } from './stripe-modes.ts';
export { StripeProvider, type StripeProviderOptions } from './stripe/stripe-provider.ts';
export { TestProvider } from './test-provider/test-provider.ts';
