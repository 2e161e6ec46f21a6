import type { Event as CourseEvent } from '../../core/event'
import type { DeviceName } from '../../rtc/devices'

/** What a person does on the page: steps of the course, and things about the devices. */
export type Act =
  | Extract<
      CourseEvent,
      {
        type:
          | 'enter'
          | 'leave'
          | 'come-back'
          | 'take-over'
          | 'try-again'
          | 'admit'
          | 'admit-all'
          | 'remove'
          | 'pin'
      }
    >
  | { readonly type: 'toggle'; readonly device: DeviceName }
  | { readonly type: 'choose'; readonly device: DeviceName; readonly id: string }
  | { readonly type: 'dismiss'; readonly device: DeviceName }
  | { readonly type: 'share' }
  | { readonly type: 'layout'; readonly heights: ReadonlyMap<string, number> }

/** Tells the page, through all shadow roots, what the person did. */
export function act(from: EventTarget, what: Act): void {
  from.dispatchEvent(new CustomEvent<Act>('wr-act', { detail: what, bubbles: true, composed: true }))
}

declare global {
  interface HTMLElementEventMap {
    'wr-act': CustomEvent<Act>
  }
}
