import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { Follow } from '../../i18n/follow'
import type { DeviceFault, DeviceName, DeviceState } from '../../rtc/devices'
import '../base/icon'
import { base, controls, surfaces } from '../base/styles'
import { act } from './act'
import { advice, anyway } from './advice'
import { mic, micOff, video, videoOff, warning } from './icons'
import './level'
import './picture'
import { t } from './words'

/** Oneself, before the others see and hear one: preview, switches, level, and help when something is missing. */
export class Check extends LitElement {
  static override properties = { devices: { attribute: false } }
  static override styles = [
    base,
    controls,
    surfaces,
    css`
      :host { display: grid; gap: var(--space-4); align-content: start; }
      .frame {
        position: relative; display: grid; aspect-ratio: 16 / 10; min-height: 230px; max-height: min(56vh, 420px); width: 100%; overflow: hidden;
        border-radius: var(--radius); box-shadow: 0 0 0 1px var(--stage-line); background: var(--stage); color: var(--stage-ink);
      }
      .frame > * { grid-area: 1 / 1; }
      .off { place-self: center; display: grid; justify-items: center; gap: var(--space-3); padding: var(--space-4) var(--space-5) calc(var(--space-16) + var(--space-6)); text-align: center; color: var(--stage-second); }
      .off wr-icon { font-size: 2.25rem; }
      wr-picture { position: absolute; inset: 0; }
      .switches {
        align-self: end; position: relative; display: flex; flex-wrap: wrap; justify-content: center; gap: var(--space-3);
        padding: var(--space-8) var(--space-3) var(--space-4); background: linear-gradient(transparent, var(--stage-shade));
      }
      .switch {
        display: inline-flex; align-items: center; justify-content: center; gap: var(--space-3); min-height: 52px; min-width: 152px; padding: var(--space-2) var(--space-4);
        border: 1px solid var(--stage-edge); border-radius: var(--radius-control); background: var(--stage-surface); color: var(--stage-ink);
        font: inherit; font-weight: 600; cursor: pointer; transition: background-color var(--glide);
      }
      .switch:hover { border-color: var(--stage-ink); }
      .switch[aria-pressed='true'] { border-color: transparent; background: var(--stage-action); color: var(--stage-on-action); }
      .switch:focus-visible { outline-color: var(--stage-focus); }
      details { color: var(--second); }
      summary { width: fit-content; min-height: 32px; padding: var(--space-1) 0; border-radius: var(--radius-small); cursor: pointer; }
      summary:hover { color: var(--ink); }
      .choices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr)); gap: var(--space-4); padding-top: var(--space-3); color: var(--ink); }
      .field select { text-overflow: ellipsis; }
      @media (max-width: 640px) {
        .frame { aspect-ratio: 4 / 3; }
        .switches { gap: var(--space-2); padding-inline: var(--space-3); }
        .switch { flex: 1 1 0; min-width: 128px; padding-inline: 6px; gap: var(--space-2); font-size: 1rem; white-space: nowrap; }
      }
      @media (max-width: 379px) { .switch { flex-direction: column; gap: var(--space-1); min-width: 0; } }
    `,
  ]
  declare devices: DeviceState | undefined
  private stream: MediaStream | null = null
  private shown: MediaStreamTrack | null = null

  constructor() {
    super()
    this.devices = undefined
    new Follow(this)
  }

  protected override willUpdate(_: PropertyValues<this>): void {
    const camera = this.devices?.camera
    const track = camera?.on ? camera.track : null
    if (track === this.shown) return
    this.shown = track
    this.stream = track ? new MediaStream([track]) : null
  }

  protected override render(): TemplateResult {
    const { devices } = this
    if (!devices) return html``
    const { microphone, camera } = devices
    return html`
      <h2 class="hidden">${t('checkHeading')}</h2>
      <div class="frame">
        ${camera.on ? nothing : html`<div class="off"><wr-icon .svg=${videoOff}></wr-icon><p>${t(camera.busy ? 'previewStarting' : 'previewOff')}</p></div>`}
        ${camera.on ? html`<wr-picture mirrored role="img" aria-label=${t('preview')} .stream=${this.stream}></wr-picture>` : nothing}
        <div class="switches">
          ${this.toggle('microphone', microphone.on, microphone.busy)}${this.toggle('camera', camera.on, camera.busy)}
        </div>
      </div>
      <wr-level .track=${microphone.on ? microphone.track : null}></wr-level>
      ${this.help('microphone', microphone.fault)}${this.help('camera', camera.fault)}${this.choices(devices)}
    `
  }

  private toggle(device: DeviceName, on: boolean, busy: boolean): TemplateResult {
    const words = {
      microphone: on ? 'microphoneOn' : 'microphoneOff',
      camera: on ? 'cameraOn' : 'cameraOff',
    } as const
    const icons = { microphone: on ? mic : micOff, camera: on ? video : videoOff }
    return html`<button
      class="switch"
      data-test=${device}
      aria-pressed=${on}
      aria-busy=${busy}
      @click=${() => act(this, { type: 'toggle', device })}
    ><wr-icon .svg=${icons[device]}></wr-icon>${t(words[device])}</button>`
  }

  private help(device: DeviceName, fault: DeviceFault | undefined): TemplateResult | typeof nothing {
    if (!fault) return nothing
    const [title, text] = advice(device, fault)
    return html`<div class="notice sun" role="alert" data-test="${device}-fault" data-fault=${fault}>
      <wr-icon .svg=${warning}></wr-icon><strong>${title}</strong><p>${text} ${anyway(device, fault)}</p>
    </div>`
  }

  private choices({
    microphones,
    cameras,
    microphone,
    camera,
  }: DeviceState): TemplateResult | typeof nothing {
    const rows = [
      this.choice('microphone', t('whichMicrophone'), microphones, microphone.chosen),
      this.choice('camera', t('whichCamera'), cameras, camera.chosen),
    ].filter((row) => row !== nothing)
    if (rows.length === 0) return nothing
    return html`<details data-test="devices"><summary>${t('devices')}</summary><div class="choices">${rows}</div></details>`
  }

  private choice(
    device: DeviceName,
    label: string,
    known: readonly MediaDeviceInfo[],
    chosen: string,
  ): TemplateResult | typeof nothing {
    if (known.length === 0) return nothing
    const change = (event: Event) =>
      act(this, { type: 'choose', device, id: (event.target as HTMLSelectElement).value })
    return html`<div class="field">
      <label for="choose-${device}">${label}</label>
      <select id="choose-${device}" data-test="choose-${device}" @change=${change}>
        <option value="" .selected=${chosen === ''}>${t('byBrowser')}</option>
        ${known.map(
          (each, at) =>
            html`<option value=${each.deviceId} .selected=${chosen === each.deviceId}>${each.label || t('unnamed', { n: at + 1 })}</option>`,
        )}
      </select>
    </div>`
  }
}

customElements.define('wr-check', Check)
declare global {
  interface HTMLElementTagNameMap {
    'wr-check': Check
  }
}
