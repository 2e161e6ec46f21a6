import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { Follow } from '../../i18n/follow'
import type { DeviceState } from '../../rtc/devices'
import '../base/icon'
import { base } from '../base/styles'
import { act } from './act'
import { leave, mic, micOff, screen, users, video, videoOff } from './icons'
import { t } from './words'

interface Key {
  readonly test: string
  readonly svg: string
  readonly word: string
  readonly state?: string
  readonly pressed?: boolean
  /** For what opens something: whether it is open. */
  readonly expanded?: boolean
  readonly label?: string
  readonly press: () => void
}

/** The bar below the stage. Every button has its word; leaving stands apart. */
export class Bar extends LitElement {
  static override properties = {
    devices: { attribute: false },
    people: { attribute: false },
    waiting: { attribute: false },
    open: { attribute: false },
    shares: { attribute: false },
  }
  static override styles = [
    base,
    css`
      .bar { display: flex; flex-wrap: wrap; justify-content: center; gap: 10px; }
      button {
        position: relative; display: grid; justify-items: center; align-content: center; gap: var(--space-1); min-width: 100px; min-height: 68px; padding: var(--space-2) var(--space-3);
        border: 1px solid var(--stage-line); border-radius: var(--radius-control); background: var(--stage-surface); color: var(--stage-ink);
        font: inherit; font-size: var(--small); font-weight: 600; line-height: 1.2; cursor: pointer; transition: background-color var(--glide);
      }
      button:hover { border-color: var(--stage-edge); background: var(--stage-line); }
      button[aria-pressed='true'], button[aria-expanded='true'] { border-color: transparent; background: var(--stage-action); color: var(--stage-on-action); }
      button[aria-pressed='true']:hover, button[aria-expanded='true']:hover { background: var(--stage-action-hover); }
      button wr-icon { font-size: 1.1rem; }
      .leave { margin-left: var(--space-6); border-color: transparent; background: var(--stage-danger); color: var(--stage-on-danger); }
      .leave:hover { border-color: transparent; background: var(--stage-danger-hover); }
      :focus-visible { outline-color: var(--stage-focus); }
      .count { position: absolute; top: -6px; right: -6px; min-width: 26px; padding: 0 6px; border-radius: 13px; background: var(--sun); color: var(--on-sun); font-size: var(--small); line-height: 26px; text-align: center; }
      @media (max-width: 640px) {
        .bar { gap: 6px; flex-wrap: nowrap; }
        button { flex: 1 1 auto; min-width: 0; min-height: 64px; padding: var(--space-2) 2px; font-size: 0.75rem; border-radius: var(--radius-control); }
        .state { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .leave { margin-left: 0; }
      }
      @media (max-width: 359px) { button { font-size: 0.6875rem; } }
    `,
  ]
  declare devices: DeviceState | undefined
  declare people: number
  declare waiting: number
  declare open: boolean
  declare shares: boolean

  constructor() {
    super()
    this.devices = undefined
    this.people = 0
    this.waiting = 0
    this.open = false
    this.shares = false
    new Follow(this)
  }

  /** Puts the focus back where the panel was opened. */
  focusPeople(): void {
    this.renderRoot.querySelector<HTMLElement>('[data-test="people"]')?.focus()
  }

  protected override render(): TemplateResult {
    return html`<div class="bar" role="group" aria-label=${t('controls')}>
      ${this.keys().map((each) => this.key(each))}
      <button class="leave" data-test="leave" @click=${() => act(this, { type: 'leave' })}>
        <wr-icon .svg=${leave}></wr-icon>${t('leave')}
      </button>
    </div>`
  }

  private keys(): Key[] {
    const { devices } = this
    if (!devices) return []
    const { microphone, camera, screen: shared } = devices
    const onOff = (on: boolean) => t(on ? 'on' : 'off')
    return [
      {
        test: 'microphone',
        svg: microphone.on ? mic : micOff,
        word: t('microphone'),
        state: onOff(microphone.on),
        pressed: microphone.on,
        press: () => act(this, { type: 'toggle', device: 'microphone' }),
      },
      {
        test: 'camera',
        svg: camera.on ? video : videoOff,
        word: t('camera'),
        state: onOff(camera.on),
        pressed: camera.on,
        press: () => act(this, { type: 'toggle', device: 'camera' }),
      },
      ...(this.shares
        ? [
            {
              test: 'share',
              svg: screen,
              word: t('share'),
              ...(shared.on ? { state: t('on') } : {}),
              pressed: shared.on,
              press: () => act(this, { type: 'share' }),
            },
          ]
        : []),
      {
        test: 'people',
        svg: users,
        word: t('people'),
        expanded: this.open,
        press: () => this.dispatchEvent(new Event('people')),
      },
    ]
  }

  private key({ test, svg, word, state, pressed, expanded, press }: Key): TemplateResult {
    const count = test === 'people' && this.waiting > 0
    return html`<button data-test=${test} aria-pressed=${pressed ?? nothing} aria-expanded=${expanded ?? nothing} @click=${press}>
      <wr-icon .svg=${svg}></wr-icon>
      <span>${word}${state ? html`<span class="state"> ${state}</span>` : nothing}</span>
      ${count ? html`<span class="count"><span aria-hidden="true">${this.waiting}</span><span class="hidden">, ${t('atTheDoor', { n: this.waiting })}</span></span>` : nothing}
    </button>`
  }
}

customElements.define('wr-bar', Bar)
declare global {
  interface HTMLElementTagNameMap {
    'wr-bar': Bar
  }
}
