import type { FaultCode } from './api'

/** What the sign-in page shows. Signing in happens by the button alone: opening the link spends nothing. */
export type Step =
  | { readonly kind: 'looking' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'inside' }
  | { readonly kind: 'offer' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'spent' }
  | { readonly kind: 'failed'; readonly code: FaultCode }

/** What a refused sign-in means: the link is used up, or it may still work at another try. */
export function refusal(code: FaultCode): Step {
  switch (code) {
    case 'signed_out':
    case 'not_found':
    case 'conflict':
    case 'malformed':
      return { kind: 'spent' }
    default:
      return { kind: 'failed', code }
  }
}
