import { css, LitElement, type PropertyValues } from 'lit'

/**
 * One moving picture: `<wr-picture .stream=${…}></wr-picture>`. It is transparent until the first frame is
 * there and again as soon as its stream is taken away, so that no old frame stays under a new name.
 */
export class Picture extends LitElement {
  static override properties = {
    stream: { attribute: false },
    mirrored: { type: Boolean, reflect: true },
    whole: { type: Boolean, reflect: true },
  }
  static override styles = css`
    :host { display: block; overflow: hidden; }
    video { display: block; width: 100%; height: 100%; object-fit: cover; opacity: 0; }
    video.live { opacity: 1; }
    :host([mirrored]) video { transform: scaleX(-1); }
    :host([whole]) video { object-fit: contain; }
  `
  declare stream: MediaStream | null
  declare mirrored: boolean
  declare whole: boolean
  private readonly video = document.createElement('video')

  constructor() {
    super()
    this.stream = null
    this.mirrored = false
    this.whole = false
    const { video } = this
    video.muted = true
    video.autoplay = true
    video.playsInline = true
    video.disablePictureInPicture = true
    video.setAttribute('aria-hidden', 'true')
    video.tabIndex = -1
    video.addEventListener('loadeddata', () => video.classList.add('live'))
  }

  protected override createRenderRoot() {
    const root = super.createRenderRoot()
    root.append(this.video)
    return root
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('stream')) return
    this.video.classList.remove('live')
    this.video.srcObject = this.stream
    // Muted pictures may always play; a refusal can only mean that the stream has changed again.
    if (this.stream) this.video.play().catch(() => undefined)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.video.srcObject = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.hasUpdated) {
      this.video.srcObject = this.stream
      if (this.stream) this.video.play().catch(() => undefined)
    }
  }
}

customElements.define('wr-picture', Picture)
declare global {
  interface HTMLElementTagNameMap {
    'wr-picture': Picture
  }
}
