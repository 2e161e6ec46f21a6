import { css } from 'lit'

/** Cards, notices and pills: `.card`, `.notice(.good|.sun|.danger)`, `.pill(.good|.sun|.danger|.action)`. */
export const surfaces = css`
  .card {
    padding: var(--space-6); border: 1px solid var(--line); border-radius: var(--radius);
    background: var(--card); color: var(--ink);
  }
  .stack { display: grid; gap: var(--space-4); align-content: start; }
  .stack.tight { gap: var(--space-2); }
  .stack.wide { gap: var(--space-8); }
  .stack > * { min-width: 0; }

  .notice {
    display: grid; grid-template-columns: auto 1fr; gap: var(--space-1) var(--space-3); align-items: start;
    padding: var(--space-4) var(--space-5); border-radius: var(--radius-control);
    background: var(--sunken); color: var(--ink);
  }
  .notice > wr-icon { margin-top: 2px; }
  .notice > :not(wr-icon) { grid-column: 2; }
  .notice.good { background: var(--good-soft); color: var(--on-good-soft); }
  .notice.sun { background: var(--sun-soft); color: var(--on-sun-soft); }
  .notice.danger { background: var(--danger-soft); color: var(--on-danger-soft); }

  .pill {
    display: inline-flex; align-items: center; gap: var(--space-2); padding: 2px var(--space-3);
    border-radius: var(--radius-round); background: var(--sunken); color: var(--ink);
    font-size: var(--small); font-weight: 600; line-height: 1.6;
  }
  .pill.good { background: var(--good-soft); color: var(--on-good-soft); }
  .pill.sun { background: var(--sun-soft); color: var(--on-sun-soft); }
  .pill.danger { background: var(--danger-soft); color: var(--on-danger-soft); }
  .pill.action { background: var(--action-soft); color: var(--on-action-soft); }

  @media (max-width: 640px) { .card { padding: var(--space-5) var(--space-4); } }
`
