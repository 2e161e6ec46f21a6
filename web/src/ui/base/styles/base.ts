import { css } from 'lit'

/** Reset, type and focus for an element's shadow tree. Goes first. */
export const base = css`
  *, *::before, *::after { box-sizing: border-box; }
  :host { display: block; }
  :host([hidden]), [hidden] { display: none !important; }
  h1, h2, h3, p, ul, ol, dl, dd, figure, fieldset { margin: 0; padding: 0; }
  fieldset { border: 0; min-width: 0; }
  /* Rooms have the names that German committees have: their words may be longer than a phone is wide. */
  h1, h2, h3 { line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere; hyphens: auto; }
  h1 { font-size: var(--h1); letter-spacing: -0.01em; }
  h2 { font-size: var(--h2); }
  h3 { font-size: var(--h3); }
  p, li, dd { overflow-wrap: break-word; }
  a { color: var(--action); text-underline-offset: 3px; }
  a:hover { color: var(--action-hover); }
  .second { color: var(--second); }
  .small { font-size: var(--small); }
  .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .hidden {
    position: absolute; width: 1px; height: 1px; margin: -1px;
    overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
  :focus { outline: none; }
  :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
  /* Headings that take the focus from a script are no controls and need no ring. */
  [tabindex='-1']:focus-visible { outline: none; }
`
