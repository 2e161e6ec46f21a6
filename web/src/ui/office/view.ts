import type { FaultCode } from './api'

/**
 * What a page of the office shows of data D. `stale` says why the data stand still: the last question
 * failed, the next one is on its way.
 */
export type View<D> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'signedOut' }
  | { readonly kind: 'broken'; readonly code: FaultCode }
  | { readonly kind: 'ready'; readonly data: D; readonly stale?: FaultCode }

export type Heard<D> =
  | { readonly kind: 'asked' }
  | { readonly kind: 'answered'; readonly data: D }
  | { readonly kind: 'failed'; readonly code: FaultCode }

/** What the page shows after an answer or a failure: data once seen stay, unless one is signed out. */
export function next<D>(view: View<D>, heard: Heard<D>): View<D> {
  switch (heard.kind) {
    case 'asked':
      return view.kind === 'ready' ? view : { kind: 'loading' }
    case 'answered':
      return { kind: 'ready', data: heard.data }
    case 'failed':
      if (heard.code === 'signed_out') return { kind: 'signedOut' }
      if (view.kind === 'ready') return { ...view, stale: heard.code }
      return { kind: 'broken', code: heard.code }
  }
}
