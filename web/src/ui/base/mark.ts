import { css, html } from 'lit'

/** The sun over the horizon: the one ornament. Needs `markStyle` among the element's styles. */
export const mark = html`
  <svg class="mark" viewBox="0 0 34 34" aria-hidden="true" focusable="false">
    <rect class="sky" width="34" height="34" rx="9" />
    <path class="sun" d="M11 21a6 6 0 0 1 12 0z" />
    <path class="rays" d="M17 8.5v3M9.2 12.2l1.9 1.9M24.8 12.2l-1.9 1.9" />
    <path class="horizon" d="M7 22h20" />
  </svg>
`

export const markStyle = css`
  .mark { flex: none; width: 34px; height: 34px; }
  .mark .sky { fill: #0a6b62; }
  .mark .sun { fill: #f2a93b; }
  .mark .rays, .mark .horizon { fill: none; stroke: #ffffff; stroke-width: 2; stroke-linecap: round; }
`
