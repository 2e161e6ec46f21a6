import { css, LitElement, type PropertyValues } from 'lit'

const parsed = new Map<string, SVGElement>()

// The picture is parsed once and cloned per use. It comes from the build, never from a message, and goes
// through an XML parser, so no policy has to allow inline markup.
function drawing(raw: string): SVGElement {
  let svg = parsed.get(raw)
  if (!svg) {
    const root = new DOMParser().parseFromString(raw, 'image/svg+xml').documentElement
    svg = document.importNode(root, true) as unknown as SVGElement
    parsed.set(raw, svg)
  }
  return svg.cloneNode(true) as SVGElement
}

/**
 * One Lucide icon: `<wr-icon .svg=${mic}></wr-icon>` with `import { mic } from '../base/icons'`.
 * It is always decoration (aria-hidden); the words stand beside it. Its size is 1.25 em unless
 * `font-size` says otherwise.
 */
export class Icon extends LitElement {
  static override properties = { svg: { attribute: false } }
  static override styles = css`
    :host { display: inline-flex; flex: none; width: 1.25em; height: 1.25em; }
    svg { width: 100%; height: 100%; }
  `
  declare svg: string

  constructor() {
    super()
    this.svg = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.setAttribute('aria-hidden', 'true')
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('svg')) {
      this.renderRoot.querySelector('svg')?.remove()
      if (this.svg) this.renderRoot.append(drawing(this.svg))
    }
  }
}

customElements.define('wr-icon', Icon)
declare global {
  interface HTMLElementTagNameMap {
    'wr-icon': Icon
  }
}
