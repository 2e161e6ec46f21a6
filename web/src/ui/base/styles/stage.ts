import { css } from 'lit'

/**
 * The call's dark stage: everything inside `.stage` (or a host with the attribute `stage`) takes its dark
 * colours, in light mode too. Side panels that shall stay light are put beside it, not inside.
 */
export const stage = css`
  .stage, :host([stage]) {
    --paper: var(--stage);
    --card: var(--stage-surface);
    --sunken: var(--stage);
    --ink: var(--stage-ink);
    --second: var(--stage-second);
    --line: var(--stage-line);
    --edge: var(--stage-edge);
    --action-soft: var(--stage-action);
    --on-action-soft: var(--stage-on-action);
    --focus: var(--stage-focus);
    color-scheme: dark;
    background: var(--stage);
    color: var(--stage-ink);
  }
`
