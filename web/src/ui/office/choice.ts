import { css, html, type TemplateResult } from 'lit'

/** One of several answers, as large radio buttons. Needs `choiceStyle` among the element's styles. */
export const choiceStyle = css`
  .choice { display: grid; gap: var(--space-2); }
  .choice legend { margin-bottom: var(--space-2); }
  .choice label { display: flex; align-items: center; gap: var(--space-3); min-height: var(--control); padding: var(--space-2) var(--space-4); border: 1px solid var(--line); border-radius: var(--radius-control); cursor: pointer; }
  .choice label:hover { background: var(--sunken); }
  .choice label:has(:checked) { border-color: var(--action); background: var(--action-soft); color: var(--on-action-soft); font-weight: 600; }
  .choice input { flex: none; width: 20px; height: 20px; margin: 0; accent-color: var(--action); }
`

export interface Option {
  readonly value: number
  readonly text: string
}

export function choice(
  legend: string,
  options: readonly Option[],
  chosen: number,
  choose: (value: number) => void,
): TemplateResult {
  return html`<fieldset class="choice">
    <legend class="label">${legend}</legend>
    ${options.map(
      ({ value, text }) => html`<label>
        <input type="radio" name="choice" data-test="choice-${value}" .checked=${value === chosen} @change=${() => choose(value)} />
        ${text}
      </label>`,
    )}
  </fieldset>`
}
