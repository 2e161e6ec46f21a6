import { css } from 'lit'

/**
 * Buttons: `<button class="button primary|danger|quiet">`; without a second word it is the secondary one.
 * `.link` is a button that reads like a link.
 * Fields: `<div class="field"><label for>…</label><input id><p class="hint">…</p></div>`.
 */
export const controls = css`
  .button {
    display: inline-flex; align-items: center; justify-content: center; gap: var(--space-2);
    min-height: var(--control); padding: var(--space-2) var(--space-5);
    border: 1px solid var(--edge); border-radius: var(--radius-control);
    background: var(--card); color: var(--ink);
    font: inherit; font-weight: 600; line-height: 1.25; text-align: center; text-decoration: none;
    cursor: pointer; transition: background-color var(--glide), border-color var(--glide);
  }
  .button:hover { background: var(--sunken); color: var(--ink); }
  .button.primary { border-color: var(--action); background: var(--action); color: var(--on-action); }
  .button.primary:hover { border-color: var(--action-hover); background: var(--action-hover); color: var(--on-action); }
  .button.danger { border-color: var(--danger); background: var(--danger); color: var(--on-danger); }
  .button.danger:hover { border-color: var(--danger-hover); background: var(--danger-hover); }
  .button.quiet { border-color: transparent; background: transparent; color: var(--action); }
  .button.quiet:hover { background: var(--action-soft); color: var(--on-action-soft); }
  .button.quiet.danger { background: transparent; color: var(--danger); }
  .button.quiet.danger:hover { background: var(--danger-soft); color: var(--on-danger-soft); }
  .button[aria-disabled='true'], .button:disabled { opacity: 0.6; cursor: default; }
  .button[aria-pressed='true'] { border-color: var(--action); background: var(--action-soft); color: var(--on-action-soft); }
  .row { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: center; }

  .row.acts { margin-top: var(--space-2); }
  @media (max-width: 640px) { .row.acts > .button { width: 100%; } }

  .link {
    min-height: 24px; padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: start;
    overflow-wrap: anywhere; text-decoration: underline; text-decoration-color: var(--edge); text-underline-offset: 4px; cursor: pointer;
  }
  .link:hover { color: var(--action); text-decoration-color: currentcolor; }

  .field { display: grid; gap: var(--space-1); }
  .field label, .field legend, .label { font-weight: 600; padding: 0; }
  .field input, .field select {
    width: 100%; min-width: 0; min-height: var(--control); padding: var(--space-2) var(--space-4);
    border: 1px solid var(--edge); border-radius: var(--radius-control);
    background: var(--card); color: var(--ink); font: inherit;
  }
  .field input[aria-invalid='true'] { border-color: var(--danger); border-width: 2px; }
  .hint { color: var(--second); font-size: var(--small); }
  .fault { color: var(--danger); font-weight: 600; }
  .check { display: grid; grid-template-columns: auto 1fr; gap: var(--space-1) var(--space-3); align-items: center; min-height: var(--control); }
  .check input { width: 24px; height: 24px; margin: 0; accent-color: var(--action); }
  .check .hint { grid-column: 2; }
`
