import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { t } from '../../i18n/organise'
import { api } from './api'
import { type Form, formOf, type Problem, read } from './draft'
import type { Room } from './model'
import { Task } from './task'

const fieldOf: Readonly<Record<Problem, string>> = {
  nameMissing: 'title',
  momentHalf: 'date',
  capacityWrong: 'capacity',
}

/** Makes a room, or edits one when `room` is given. */
export class RoomForm extends Task {
  static override properties = {
    ...Task.properties,
    room: { attribute: false },
    form: { state: true },
    problem: { state: true },
  }
  static override styles = [
    Task.styles,
    css`
      form { display: grid; gap: var(--space-5); }
      .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr)); gap: var(--space-2) var(--space-4); }
      .pair .hint, .pair .fault { grid-column: 1 / -1; }
      #capacity { max-width: 160px; }
    `,
  ]
  declare room: Room | undefined
  declare form: Form
  declare problem: Problem | undefined

  constructor() {
    super()
    this.form = formOf(undefined)
  }

  // Filled once: the room changes under the dialog with every look at the gateway, the entries must not.
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('room') && !this.hasUpdated) this.form = formOf(this.room)
  }

  protected override render(): TemplateResult {
    const act = html`<button class="button primary" type="submit" form="form" data-test="form-save" aria-disabled=${this.busy} @click=${this.send}>
      ${this.room ? t('save') : t('create')}
    </button>`
    const content = html`<form id="form" novalidate @submit=${this.send}>
      ${this.name()} ${this.moment()} ${this.rules()}
      <button type="submit" class="hidden" tabindex="-1" aria-hidden="true"></button>
    </form>`
    return this.frame(this.room ? t('formEdit') : t('formNew'), content, act)
  }

  private name(): TemplateResult {
    return html`<div class="field">
      <label for="title">${t('name')}</label>
      <input id="title" data-test="form-title" maxlength="120" autocomplete="off" required .value=${this.form.title}
        aria-invalid=${this.problem === 'nameMissing'} aria-describedby="title-hint title-fault"
        @input=${(event: InputEvent) => this.set({ title: text(event) })} />
      <p class="hint" id="title-hint">${t('nameHint')}</p>
      <p class="fault" id="title-fault" role="alert">${this.problem === 'nameMissing' ? t('nameMissing') : nothing}</p>
    </div>`
  }

  private moment(): TemplateResult {
    const bad = this.problem === 'momentHalf'
    return html`<div class="pair">
      <div class="field">
        <label for="date">${t('day')}</label>
        <input id="date" type="date" data-test="form-date" .value=${this.form.date} aria-invalid=${bad} aria-describedby="moment-hint moment-fault"
          @input=${(event: InputEvent) => this.set({ date: text(event) })} />
      </div>
      <div class="field">
        <label for="time">${t('time')}</label>
        <input id="time" type="time" data-test="form-time" .value=${this.form.time} aria-invalid=${bad} aria-describedby="moment-hint moment-fault"
          @input=${(event: InputEvent) => this.set({ time: text(event) })} />
      </div>
      <p class="hint" id="moment-hint">${t('momentHint')}</p>
      <p class="fault" id="moment-fault" role="alert">${bad ? t('momentHalf') : nothing}</p>
    </div>`
  }

  private rules(): TemplateResult {
    return html`<div class="check">
        <input id="waiting" type="checkbox" data-test="form-waiting" .checked=${this.form.waitingRoom} aria-describedby="waiting-hint"
          @change=${(event: Event) => this.set({ waitingRoom: (event.target as HTMLInputElement).checked })} />
        <label class="label" for="waiting">${t('waitingRoom')}</label>
        <p class="hint" id="waiting-hint">${t('waitingRoomHint')}</p>
      </div>
      <div class="field">
        <label for="capacity">${t('capacity')}</label>
        <input id="capacity" inputmode="numeric" data-test="form-capacity" .value=${this.form.capacity}
          aria-invalid=${this.problem === 'capacityWrong'} aria-describedby="capacity-hint capacity-fault"
          @input=${(event: InputEvent) => this.set({ capacity: text(event) })} />
        <p class="hint" id="capacity-hint">${t('capacityHint')}</p>
        <p class="fault" id="capacity-fault" role="alert">${this.problem === 'capacityWrong' ? t('capacityWrong') : nothing}</p>
      </div>`
  }

  private set(part: Partial<Form>): void {
    this.form = { ...this.form, ...part }
    this.problem = undefined
  }

  private send(event: Event): void {
    event.preventDefault()
    const said = read(this.form)
    if ('problem' in said) {
      this.problem = said.problem
      this.renderRoot.querySelector<HTMLElement>(`#${fieldOf[said.problem]}`)?.focus()
      return
    }
    const { room } = this
    const work = async () => void (await (room ? api.edit(room.room, said.draft) : api.create(said.draft)))
    void this.run(work, () => (room ? t('saved') : t('created', { title: said.draft.title })))
  }
}

function text(event: InputEvent): string {
  return (event.target as HTMLInputElement).value
}

customElements.define('wr-room-form', RoomForm)
declare global {
  interface HTMLElementTagNameMap {
    'wr-room-form': RoomForm
  }
}
