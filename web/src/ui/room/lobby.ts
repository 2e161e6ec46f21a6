import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { type Mark, type Progress, progress } from '../../core/progress'
import type { State } from '../../core/state'
import { Follow } from '../../i18n/follow'
import type { Lobby as LobbyMessage, LostReason, Person } from '../../proto/message'
import '../base/icon'
import { base, controls, surfaces } from '../base/styles'
import { act } from './act'
import { check, warning } from './icons'
import { Refocus } from './refocus'
import './sunrise'
import { when } from './when'
import { t } from './words'

const lostWords = {
  machine_lost: 'lostMachine',
  machine_stopped: 'lostStop',
  media_lost: 'lostMedia',
} as const
const markWords = { done: 'done', running: 'running', ahead: 'ahead' } as const

/** Offers that came to nothing before the page says so. */
const patience = 2

/** What one waits for: title, the rising sun with the time that is left, three milestones, who else waits. */
export class Lobby extends LitElement {
  static override properties = {
    course: { attribute: false },
    heardAt: { attribute: false },
    now: { state: true },
  }
  static override styles = [
    base,
    controls,
    surfaces,
    css`
      .card { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-4); padding: var(--space-6) var(--space-8) var(--space-4); }
      h1:focus-visible, h2:focus-visible { outline: none; }
      .left { padding-top: var(--space-3); font-weight: 700; white-space: normal; }
      ol { display: grid; gap: var(--space-3); list-style: none; }
      li { display: grid; grid-template-columns: 24px 1fr; gap: var(--space-3); align-items: center; }
      .mark { display: grid; place-items: center; width: 24px; height: 24px; border: 2px solid var(--line); border-radius: 50%; }
      .mark wr-icon { font-size: 0.8rem; }
      .done .mark { border-color: var(--good-soft); background: var(--good-soft); color: var(--on-good-soft); }
      .running .mark { border-color: var(--sun); background: var(--sun-soft); }
      .running { font-weight: 600; }
      .ahead { color: var(--second); }
      .knocking { display: grid; gap: var(--space-2); padding-top: var(--space-2); border-top: 1px solid var(--line); }
      .knocking h2 { font-size: 1rem; }
      .knocking ul { display: grid; gap: var(--space-2); list-style: none; }
      .knocking li { grid-template-columns: 1fr auto; }
      .knocking .button { justify-self: start; }
      .foot { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--space-2) var(--space-4); padding-top: var(--space-2); border-top: 1px solid var(--line); }
      .foot .button { margin: 0 calc(-1 * var(--space-3)); padding-inline: var(--space-3); color: var(--second); font-size: var(--small); font-weight: 400; text-decoration: underline; text-underline-offset: 4px; }
      .foot .button:hover { color: var(--on-action-soft); }
      @media (max-width: 640px) { .card { padding: var(--space-5); gap: var(--space-4); } }
    `,
  ]
  declare course: State | undefined
  declare heardAt: number
  declare now: number
  private timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.course = undefined
    this.heardAt = 0
    this.now = Date.now()
    new Follow(this)
    new Refocus(this, 'li', ['.knocking h2', 'h1'])
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.timer = setInterval(() => {
      this.now = Date.now()
    }, 1000)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.timer)
  }

  override focus(): void {
    this.renderRoot.querySelector('h1')?.focus()
  }

  protected override render(): TemplateResult {
    const { course } = this
    if (!course) return html``
    const phase = course.phase.kind === 'lobby' ? course.phase : undefined
    const lobby = phase?.lobby
    const way = progress(lobby, Math.max(0, this.now - this.heardAt))
    const admitted = lobby?.admitted ?? course.place?.admitted ?? false
    return html`<section class="card" data-test="lobby" data-machine=${lobby?.machine ?? ''} data-admitted=${admitted}>
      <div class="stack tight">
        ${course.view?.starts_at ? html`<p class="second">${when(course.view.starts_at)}</p>` : nothing}
        <h1 tabindex="-1" data-test="title">${course.view?.title || t('untitled')}</h1>
        <p class="second" role="status" data-test="lobby-lead">${lead(lobby, admitted, course.trouble, phase?.lost)}</p>
      </div>
      ${lostNotice(phase?.lost)}
      <div>
        <wr-sunrise .share=${way.share} says=${remaining(lobby, way)}></wr-sunrise>
        <p class="left number" data-test="eta">${remaining(lobby, way)}</p>
      </div>
      <ol data-test="milestones">
        ${milestone(way.server, t(way.server === 'done' ? 'stepStarted' : 'stepStart'))}
        ${milestone(way.media, t(way.media === 'done' ? 'stepMediaDone' : 'stepMedia'))}
        ${milestone(way.door, t(admitted ? 'stepJoin' : 'stepAdmit'))}
      </ol>
      ${knocking(course.roster.waiting ?? [], (action) => act(this, action))}
      <div class="foot">
        <p data-test="waiting">${company(lobby)}</p>
        <button class="button quiet" data-test="leave" @click=${() => act(this, { type: 'leave' })}>${t('leaveLobby')}</button>
      </div>
    </section>`
  }
}

/** Chairs see by name who waits with them, and need not wait for the machine to let them in. */
function knocking(
  waiting: readonly Person[],
  press: (action: { type: 'admit'; participant: number } | { type: 'admit-all' }) => void,
): TemplateResult | typeof nothing {
  if (waiting.length === 0) return nothing
  return html`<section class="knocking" data-test="waiting-list">
    <h2 tabindex="-1">${t('atTheDoor', { n: waiting.length })}</h2>
    <ul>${repeat(
      waiting,
      (each) => each.participant,
      ({ participant, name }) => html`<li data-test="waiting-person">
        <span>${name}</span>
        <button class="button" data-test="admit" aria-label=${t('admitName', { name })} @click=${() => press({ type: 'admit', participant })}>
          ${t('admit')}
        </button>
      </li>`,
    )}</ul>
    ${
      waiting.length > 1
        ? html`<button class="button" data-test="admit-all" @click=${() => press({ type: 'admit-all' })}>${t('admitAll')}</button>`
        : nothing
    }
  </section>`
}

function lead(
  lobby: LobbyMessage | undefined,
  admitted: boolean,
  trouble: number,
  lost?: LostReason,
): string {
  if (trouble >= patience) return t('lobbyTrouble')
  switch (lobby?.machine) {
    case 'queued':
      return t('lobbyQueued')
    case 'failed':
      return t('lobbyFailed')
    case 'unknown':
      return t('lobbyUnknown')
    case 'ready':
      return t(admitted ? 'lobbyJoining' : 'lobbyKnocked')
    default:
      // The notice below says what happened and that nothing has to be done.
      return lost ? '' : t('lobbyOpening')
  }
}

function lostNotice(reason: LostReason | undefined): TemplateResult | typeof nothing {
  if (!reason) return nothing
  return html`<div class="notice sun" role="status" data-test="lost" data-reason=${reason}>
    <wr-icon .svg=${warning}></wr-icon><p>${t(lostWords[reason])}</p>
  </div>`
}

function remaining(lobby: LobbyMessage | undefined, way: Progress): string {
  if (lobby?.machine === 'ready') return t('open')
  if (lobby?.machine === 'failed' || lobby?.machine === 'unknown') return t('paused')
  if (way.seconds === undefined) return t('usually')
  if (way.soon) return t('soon')
  return way.seconds >= 100
    ? t('leftMinutes', { n: Math.round(way.seconds / 60) })
    : t('left', { n: way.seconds })
}

function milestone(mark: Mark, text: string): TemplateResult {
  return html`<li class=${mark} data-mark=${mark}>
    <span class="mark" aria-hidden="true">${mark === 'done' ? html`<wr-icon .svg=${check}></wr-icon>` : nothing}</span>
    <span>${text}<span class="hidden">, ${t(markWords[mark])}</span></span>
  </li>`
}

function company(lobby: LobbyMessage | undefined): string {
  if (!lobby) return ''
  if (lobby.present > 0) return t('presentNow', { n: lobby.present })
  const others = lobby.waiting - 1
  return others > 0 ? t('waitWith', { n: others }) : t('waitAlone')
}

customElements.define('wr-lobby', Lobby)
declare global {
  interface HTMLElementTagNameMap {
    'wr-lobby': Lobby
  }
}
