import { css } from 'lit'

/** Tables with figures at the right. `.scroll` around a table keeps a narrow page from scrolling sideways. */
export const table = css`
  table { width: 100%; border-collapse: collapse; }
  caption { padding-bottom: var(--space-3); font-size: var(--h3); font-weight: 600; text-align: start; }
  th, td { padding: var(--space-3); border-bottom: 1px solid var(--line); text-align: start; vertical-align: baseline; }
  thead th { color: var(--second); font-size: var(--small); }
  tbody th { font-weight: 400; }
  th.figure, td.figure { text-align: end; white-space: nowrap; }
  tfoot th, tfoot td { border-top: 2px solid var(--ink); border-bottom: 0; font-weight: 700; }
  tr.group > * { border-bottom-color: transparent; padding-top: var(--space-5); font-weight: 600; }
  .scroll { overflow-x: auto; border-radius: var(--radius-small); }
`
