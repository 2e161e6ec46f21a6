import type { Machine, Role, Room } from './model'

/** What somebody pressed on a card; the page opens the dialog that belongs to it. */
export type Wish =
  | { readonly kind: 'create' }
  | { readonly kind: 'edit'; readonly room: Room }
  | { readonly kind: 'remove'; readonly room: Room }
  | { readonly kind: 'renew'; readonly room: Room; readonly role: Role }
  | { readonly kind: 'prewarm'; readonly room: Room }
  | { readonly kind: 'cancelPrewarm'; readonly room: Room }
  | { readonly kind: 'stop'; readonly machine: Machine }

/** The event a card sends upwards. */
export class WishEvent extends Event {
  static readonly type = 'wish'

  constructor(readonly wish: Wish) {
    super(WishEvent.type, { bubbles: true, composed: true })
  }
}

/** The event a dialog sends when its work is done, with a short sentence for the person. */
export class DoneEvent extends Event {
  static readonly type = 'done'

  constructor(readonly text: string) {
    super(DoneEvent.type)
  }
}
