// Importing this puts the tokens and the page's base styles in place. Vite turns the import into a
// stylesheet link in the page's head, so the first paint has its colours and no inline style is needed.
import './base.css'
