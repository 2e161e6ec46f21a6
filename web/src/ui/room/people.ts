import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { State } from '../../core/state'
import { Follow } from '../../i18n/follow'
import type { Person, PersonSources } from '../../proto/message'
import '../base/dialog'
import '../base/icon'
import { base, controls, surfaces } from '../base/styles'
import { act } from './act'
import { close, mic, micOff } from './icons'
import { Refocus } from './refocus'
import { initials } from './when'
import { t } from './words'

interface Asked {
  readonly person: Person
  readonly waiting: boolean
}

/** Who is in, and for chairs who waits at the door. */
export class People extends LitElement {
  static override properties = { course: { attribute: false }, asked: { state: true } }
  static override styles = [
    base,
    controls,
    surfaces,
    css`
      :host { min-height: 0; overflow: auto; border: 1px solid var(--line); border-radius: var(--radius); background: var(--card); color: var(--ink); }
      .panel { display: grid; gap: var(--space-5); align-content: start; padding: var(--space-4) var(--space-5) var(--space-5); }
      .top { display: flex; align-items: center; justify-content: space-between; gap: var(--space-3); }
      .top .button { width: var(--control); padding: 0; margin-right: calc(-1 * var(--space-3)); color: var(--second); }
      h2 { font-size: var(--h3); }
      h2:focus-visible { outline: none; }
      h3 { font-size: var(--text); }
      .door { display: grid; gap: var(--space-3); padding: var(--space-4); border-radius: var(--radius-control); background: var(--sun-soft); color: var(--on-sun-soft); }
      ul { list-style: none; }
      li { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-2) var(--space-3); padding: 10px 0; border-bottom: 1px solid var(--line); }
      li:last-child { border-bottom: 0; }
      .door li { border-color: transparent; padding: var(--space-1) 0; }
      .face { display: grid; place-items: center; flex: none; width: 36px; height: 36px; border-radius: 50%; background: var(--sunken); color: var(--second); font-size: 0.8125rem; font-weight: 700; }
      .who { flex: 1 1 90px; min-width: 0; overflow-wrap: anywhere; line-height: 1.3; }
      .who .small { color: var(--second); }
      .door .who { flex-basis: 100%; font-weight: 600; }
      .state { display: inline-flex; color: var(--second); }
      li .button { min-height: 40px; padding: var(--space-1) var(--space-3); font-size: var(--small); }
      .in li .button { margin-right: calc(-1 * var(--space-3)); font-weight: 400; }
      .in li .button:hover { color: var(--on-danger-soft); }
      .door .button:not(.primary) { background: transparent; border-color: currentColor; color: inherit; }
    `,
  ]
  declare course: State | undefined
  declare asked: Asked | undefined

  constructor() {
    super()
    this.course = undefined
    this.asked = undefined
    new Follow(this)
    new Refocus(this, 'li', ['h2'])
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus()
  }

  protected override render(): TemplateResult {
    const { course } = this
    if (!course) return html``
    const { people, waiting = [] } = course.roster
    return html`<section class="panel" data-test="people-panel" aria-labelledby="people-heading">
        <div class="top">
          <h2 id="people-heading" tabindex="-1">${t('peopleHeading')}</h2>
          <button class="button quiet" aria-label=${t('closePanel')} data-test="close-people" @click=${this.hide}>
            <wr-icon .svg=${close}></wr-icon>
          </button>
        </div>
        ${waiting.length > 0 ? this.door(waiting) : nothing}
        <div class="in">
          <h3 class="second">${t('inTheCall', { n: people.length })}</h3>
          <ul>${repeat(people, participantOf, (each) => this.person(each, course))}</ul>
        </div>
      </section>
      ${this.confirmation()}`
  }

  private door(waiting: readonly Person[]): TemplateResult {
    return html`<div class="door" data-test="waiting-list">
      <h3>${t('atTheDoor', { n: waiting.length })}</h3>
      <ul>${repeat(waiting, participantOf, (each) => this.knocker(each))}</ul>
      ${
        waiting.length > 1
          ? html`<button class="button" data-test="admit-all" @click=${() => act(this, { type: 'admit-all' })}>${t('admitAll')}</button>`
          : nothing
      }
    </div>`
  }

  private knocker(person: Person): TemplateResult {
    const { participant, name } = person
    return html`<li data-test="waiting-person" data-participant=${participant}>
      <span class="who">${name}</span>
      <button class="button primary" data-test="admit" aria-label=${t('admitName', { name })} @click=${() => act(this, { type: 'admit', participant })}>
        ${t('admit')}
      </button>
      <button class="button" data-test="reject" aria-label=${t('rejectName', { name })} @click=${() => this.ask(person, true)}>
        ${t('reject')}
      </button>
    </li>`
  }

  private person(person: Person, course: State): TemplateResult {
    const { participant, name, role } = person
    const own = participant === course.place?.participant
    const sends = own ? course.sources : sourcesOf(course, participant)
    const removable = course.place?.role === 'chair' && !own
    return html`<li data-test="person" data-participant=${participant}>
      <span class="face" aria-hidden="true">${initials(name)}</span>
      <span class="who">${own ? `${name} (${t('you')})` : name}${role === 'chair' ? html`<br /><span class="small">${t('chair')}</span>` : nothing}</span>
      <span class="state" title=${t(sends?.microphone ? 'microphoneOn' : 'microphoneOff')}>
        <wr-icon .svg=${sends?.microphone ? mic : micOff}></wr-icon>
        <span class="hidden">${t(sends?.microphone ? 'microphoneOn' : 'microphoneOff')}</span>
      </span>
      ${
        removable
          ? html`<button class="button quiet danger" data-test="remove" aria-label=${t('removeName', { name })} @click=${() => this.ask(person, false)}>
              ${t('remove')}
            </button>`
          : nothing
      }
    </li>`
  }

  private confirmation(): TemplateResult {
    const { asked } = this
    const name = asked?.person.name ?? ''
    const heading = asked ? t(asked.waiting ? 'rejectAsk' : 'removeAsk', { name }) : ''
    return html`<wr-dialog heading=${heading} ?open=${asked !== undefined} @close=${this.spare}>
      ${
        asked
          ? html`<p>${t(asked.waiting ? 'rejectLead' : 'removeLead', { name })}</p>
            <div slot="actions">
              <button class="button danger" data-test="confirm" @click=${() => this.confirm(asked)}>${t(asked.waiting ? 'reject' : 'remove')}</button>
              <button class="button" data-test="cancel" @click=${this.spare}>${t('cancel')}</button>
            </div>`
          : nothing
      }
    </wr-dialog>`
  }

  private ask(person: Person, waiting: boolean): void {
    this.asked = { person, waiting }
  }

  private spare(): void {
    this.asked = undefined
  }

  private confirm({ person }: Asked): void {
    this.asked = undefined
    act(this, { type: 'remove', participant: person.participant })
  }

  private hide(): void {
    this.dispatchEvent(new Event('hide'))
  }
}

// A row stays its person's when another goes, or a press meets the wrong one.
const participantOf = (person: Person) => person.participant

function sourcesOf({ phase }: State, participant: number): PersonSources | undefined {
  return phase.kind === 'call'
    ? phase.call.people.find((each) => each.participant === participant)
    : undefined
}

customElements.define('wr-people', People)
declare global {
  interface HTMLElementTagNameMap {
    'wr-people': People
  }
}
