import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { t } from '../../i18n/base'
import { Follow } from '../../i18n/follow'
import { type Language, language, mark as markLanguage, setLanguage } from '../../i18n/language'
import { mark, markStyle } from './mark'
import { type Settings, settings } from './settings'
import { base } from './styles/base'
import { controls } from './styles/controls'
import './tokens'

export type Area = '' | 'organise' | 'finance'

const names: Record<Language, string> = { de: 'Deutsch', en: 'English' }

/**
 * Header, main landmark and footer around a page: `<wr-shell area="organise">…</wr-shell>`.
 * With an area it shows the office's navigation and a button that dispatches `sign-out`.
 * `tight` takes the main's padding away. The organisation's name and addresses it asks for itself.
 */
export class Shell extends LitElement {
  static override properties = {
    area: {},
    tight: { type: Boolean, reflect: true },
    about: { state: true },
  }
  static override styles = [
    base,
    controls,
    markStyle,
    css`
      :host { display: flex; flex-direction: column; min-height: 100dvh; background: var(--paper); color: var(--ink); }
      .inner { width: 100%; max-width: var(--page); margin: 0 auto; padding: 0 var(--space-10); }
      .skip { position: absolute; left: var(--space-4); top: -100px; z-index: 2; }
      .skip:focus { top: var(--space-2); }
      header .inner { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-2) var(--space-8); padding-block: var(--space-3); }
      .brand { display: flex; align-items: center; gap: var(--space-3); min-height: var(--control); font-weight: 700; color: inherit; text-decoration: none; }
      nav.areas { display: flex; gap: var(--space-2); margin: 0 auto; }
      .areas a { display: flex; align-items: center; min-height: var(--control); padding: 0 var(--space-4); color: var(--second); text-decoration: none; border-bottom: 3px solid transparent; }
      .areas a:hover { color: var(--ink); }
      .areas a[aria-current] { color: var(--ink); font-weight: 700; border-bottom-color: var(--action); }
      .end { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-3); margin-left: auto; }
      .areas + .end { margin-left: 0; }
      .end .button { margin-right: calc(-1 * var(--space-5)); }
      footer .languages { display: none; justify-content: center; padding-bottom: var(--space-4); }
      .languages { display: flex; align-items: center; color: var(--second); }
      .languages button { min-height: var(--control); padding: 0 var(--space-2); border: 0; border-radius: var(--radius-small); background: none; color: var(--second); font: inherit; cursor: pointer; }
      .languages button:hover { color: var(--ink); text-decoration: underline; text-underline-offset: 4px; }
      .languages button[aria-pressed='true'] { color: var(--ink); font-weight: 600; }
      main { flex: 1; width: 100%; max-width: var(--page); margin: 0 auto; padding: var(--space-6) var(--space-10) var(--space-12); }
      :host([tight]) main { max-width: none; padding: 0; }
      footer ul { display: flex; flex-wrap: wrap; justify-content: center; gap: 0 var(--space-4); padding: var(--space-4) 0 var(--space-6); list-style: none; }
      footer a { display: inline-flex; align-items: center; min-height: 44px; padding: 0 var(--space-2); color: var(--second); font-size: var(--small); text-decoration: none; }
      footer a:hover { color: var(--ink); text-decoration: underline; }
      @media (max-width: 640px) {
        .inner, main { padding-inline: var(--space-4); }
        main { padding-block: var(--space-3) var(--space-8); }
        header .inner { gap: var(--space-1) var(--space-3); }
        nav.areas { order: 3; width: 100%; margin: 0; border-bottom: 1px solid var(--line); }
        .areas a { flex: 1; justify-content: center; }
        .brand { flex: 1 1 160px; min-width: 0; }
        header .languages { display: none; }
        footer .languages { display: flex; }
        .end .button { padding-inline: var(--space-2); margin-right: calc(-1 * var(--space-2)); }
      }
      @media print { header .end, .areas, footer { display: none; } }
    `,
  ]
  declare area: Area
  declare tight: boolean
  declare about: Settings | undefined

  constructor() {
    super()
    this.area = ''
    this.tight = false
    new Follow(this)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    markLanguage()
    void settings().then((about) => {
      this.about = about
    })
  }

  protected override render(): TemplateResult {
    return html`
      <button class="button skip" @click=${this.skip}>${t('skip')}</button>
      <header>
        <div class="inner">
          <a class="brand" href=${this.area ? '/organise' : '/'} data-test="organisation">
            ${mark}<span>${this.about?.organisation ?? ''}</span>
          </a>
          ${this.area ? this.areas() : nothing}
          <div class="end">
            ${this.languages('language')}
            ${this.area ? html`<button class="button quiet" data-test="sign-out" @click=${this.signOut}>${t('signOut')}</button>` : nothing}
          </div>
        </div>
      </header>
      <main tabindex="-1"><slot></slot></main>
      ${this.footer()}
    `
  }

  private areas(): TemplateResult {
    const link = (area: Area, text: string) =>
      html`<a href="/${area}" data-test="area-${area}" aria-current=${this.area === area ? 'page' : nothing}>${text}</a>`
    return html`<nav class="areas" aria-label=${t('areas')}>${link('organise', t('rooms'))}${link('finance', t('costs'))}</nav>`
  }

  // On a phone the header has no room for it, so it stands in the footer there.
  private languages(hook: string): TemplateResult {
    const button = (code: Language) => html`<button
      lang=${code}
      aria-pressed=${language() === code}
      data-test="${hook}-${code}"
      @click=${() => setLanguage(code)}
    >${names[code]}</button>`
    return html`<div class="languages" role="group" aria-label=${t('language')}>
      ${button('de')}<span aria-hidden="true">·</span>${button('en')}
    </div>`
  }

  private footer(): TemplateResult {
    const about = this.about
    const links = [
      [about?.privacy_url || '/datenschutz', t('privacy')],
      [about?.accessibility_url || '/barrierefreiheit', t('accessibility')],
      [about?.imprint_url || '/impressum', t('imprint')],
      ['/hilfe', t('help')],
    ]
    return html`<footer>
      ${this.languages('footer-language')}
      <nav class="inner" aria-label=${t('legal')}>
        <ul>${links.map(([href, text]) => html`<li><a href=${href ?? ''}>${text}</a></li>`)}</ul>
      </nav>
    </footer>`
  }

  // Not a link to #main: the fragment may hold a room's secret.
  private skip(): void {
    this.renderRoot.querySelector('main')?.focus()
  }

  private signOut(): void {
    this.dispatchEvent(new Event('sign-out'))
  }
}

customElements.define('wr-shell', Shell)
declare global {
  interface HTMLElementTagNameMap {
    'wr-shell': Shell
  }
}
