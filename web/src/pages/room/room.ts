import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { interruption } from '../../core/interruption'
import type { Phase, State } from '../../core/state'
import { Follow } from '../../i18n/follow'
import { type Lack, lackHere } from '../../rtc/ability'
import '../../ui/base/icon'
import '../../ui/base/shell'
import { base, controls, surfaces } from '../../ui/base/styles'
import { say } from '../../ui/base/toast'
import type { Act } from '../../ui/room/act'
import '../../ui/room/call'
import '../../ui/room/check'
import '../../ui/room/door'
import '../../ui/room/ending'
import { lackWords, refusalWords, type Said } from '../../ui/room/endings'
import { away, check, leave, users } from '../../ui/room/icons'
import '../../ui/room/lobby'
import { t } from '../../ui/room/words'
import { address } from './address'
import { Session, type Snapshot } from './session'
import { world } from './world'

/** The room page: one element that shows where the participant is, and passes on what they do. */
export class Room extends LitElement {
  static override properties = { now: { state: true }, lack: { state: true } }
  static override styles = [
    base,
    controls,
    surfaces,
    css`
      .two { display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); gap: var(--space-12); align-items: start; width: 100%; padding-top: var(--space-4); }
      .banner { display: flex; align-items: center; gap: var(--space-3); margin-bottom: var(--space-4); padding: var(--space-3) var(--space-4); border-radius: var(--radius-control); background: var(--sun-soft); color: var(--on-sun-soft); }
      @media (max-width: 900px) { .two { grid-template-columns: minmax(0, 1fr); gap: var(--space-5); padding-top: 0; } }
    `,
  ]
  declare now: Snapshot | undefined
  declare lack: Lack | undefined
  private session: Session | undefined
  private since = 0
  private faulted = false

  constructor() {
    super()
    this.now = undefined
    this.lack = lackHere()
    new Follow(this)
    this.addEventListener('wr-act', (event) => this.acted(event.detail))
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.lack || this.session) return
    const { room, secret } = address(location)
    this.session = new Session(room, secret, world(), (snapshot) => {
      this.now = snapshot
    })
    this.session.open()
  }

  protected override render(): TemplateResult {
    if (this.lack) return this.ending(lackWords(this.lack), 'unsupported', this.copyButton())
    const { now } = this
    if (!now) return html`<wr-shell></wr-shell>`
    return now.state.phase.kind === 'call' ? this.call(now) : this.page(now)
  }

  private call({ state, stage, devices, slots }: Snapshot): TemplateResult {
    return html`<wr-call
      .course=${state}
      .shown=${stage}
      .devices=${devices}
      .slots=${slots}
      .since=${this.since}
      .shares=${'getDisplayMedia' in navigator.mediaDevices}
    ></wr-call>`
  }

  private page(now: Snapshot): TemplateResult {
    const { phase } = now.state
    switch (phase.kind) {
      case 'refused':
        return this.refused(now.state)
      case 'left':
        return this.ending(
          { ...plain, heading: t('leftTitle'), text: t('leftLead'), svg: leave },
          'left',
          this.button('come-back', t('comeBack')),
        )
      case 'replaced':
        return this.ending(
          { ...plain, heading: t('replacedTitle'), text: t('replacedLead'), svg: users },
          'replaced',
          this.button('take-over', t('takeOver')),
        )
      case 'outdated':
        return this.ending(
          { ...plain, heading: t('outdatedTitle'), text: t('outdatedLead'), svg: check },
          'outdated',
          this.reloadButton(),
        )
      default:
        return this.twoColumns(now, phase)
    }
  }

  private twoColumns({ state, devices, lobbyAt }: Snapshot, phase: Phase): TemplateResult {
    return html`<wr-shell>
      <div role="status" data-test="interruption" data-kind=${interruption(state) ?? ''}>
        ${
          interruption(state)
            ? html`<p class="banner"><wr-icon .svg=${away}></wr-icon><span>${t('reconnectingLobby')}</span></p>`
            : nothing
        }
      </div>
      <div class="two" data-phase=${phase.kind}>
        <wr-check .devices=${devices}></wr-check>
        ${this.card(state, phase, lobbyAt)}
      </div>
    </wr-shell>`
  }

  private card(state: State, phase: Phase, lobbyAt: number): TemplateResult {
    if (phase.kind === 'door') return html`<wr-door data-focus .course=${state}></wr-door>`
    if (phase.kind === 'lobby' || state.entered)
      return html`<wr-lobby data-focus .course=${state} .heardAt=${lobbyAt}></wr-lobby>`
    return html`<section class="card stack tight" data-test="opening" role="status">
      <h1>${t('opening')}</h1><p class="second">${t('openingLead')}</p>
    </section>`
  }

  private refused({ phase }: State): TemplateResult {
    if (phase.kind !== 'refused') return html``
    const said = refusalWords(phase.refusal)
    return this.ending(
      said,
      phase.refusal.code,
      said.again ? this.button('try-again', t('tryAgain')) : nothing,
    )
  }

  private ending(said: Said, reason: string, action: TemplateResult | typeof nothing): TemplateResult {
    return html`<wr-shell>
      <wr-ending
        data-focus
        data-test="reason"
        data-reason=${reason}
        heading=${said.heading}
        text=${said.text}
        note=${said.waits ? t('nothingToDo') : ''}
        .svg=${said.svg}
      >${action}</wr-ending>
    </wr-shell>`
  }

  private button(type: 'come-back' | 'take-over' | 'try-again', text: string): TemplateResult {
    const kind = type === 'try-again' ? 'button' : 'button primary'
    return html`<button class=${kind} data-test=${type} @click=${() => this.session?.happen({ type })}>${text}</button>`
  }

  private reloadButton(): TemplateResult {
    return html`<button class="button primary" data-test="reload" @click=${() => location.reload()}>${t('reload')}</button>`
  }

  private copyButton(): TemplateResult | typeof nothing {
    if (this.lack !== 'in-app') return nothing
    const copy = () =>
      navigator.clipboard?.writeText(location.href).then(
        () => say(t('copied')),
        () => undefined,
      )
    return html`<button class="button primary" data-test="copy-link" @click=${copy}>${t('copyLink')}</button>`
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = kindOf(changed.get('now') as Snapshot | undefined)
    const after = kindOf(this.now)
    if (after === 'call' && this.since === 0) this.since = Date.now()
    if (after === 'left' || after === 'door') this.since = 0
    const title = this.now?.state.view?.title
    document.title = title ? `${title} · Weckruf` : 'Weckruf'
    if (before && after !== before && before !== 'opening')
      void this.updateComplete.then(() => this.refocus())
    this.tellShareFault()
  }

  // Whoever uses a keyboard or a screen reader goes on where the page does.
  private refocus(): void {
    const next = this.renderRoot.querySelector<LitElement>('wr-call, [data-focus]')
    void next?.updateComplete.then(() => next.focus())
  }

  private tellShareFault(): void {
    const fault = this.now?.devices.screen.fault !== undefined
    if (fault && !this.faulted) say(t('shareFault'))
    this.faulted = fault
  }

  private acted(what: Act): void {
    const { session } = this
    if (!session) return
    const { devices } = session
    switch (what.type) {
      case 'toggle':
        void devices.toggle(what.device)
        break
      case 'choose':
        void devices.choose(what.device, what.id)
        break
      case 'dismiss':
        devices.dismiss(what.device)
        break
      case 'share':
        if (devices.state.screen.on) devices.stopSharing()
        else void devices.share()
        break
      case 'layout':
        session.layout(what.heights)
        break
      default:
        session.happen(what)
    }
  }
}

const plain = { waits: false, again: false }

function kindOf(snapshot: Snapshot | undefined): Phase['kind'] | undefined {
  return snapshot?.state.phase.kind
}

customElements.define('wr-room', Room)
declare global {
  interface HTMLElementTagNameMap {
    'wr-room': Room
  }
}
