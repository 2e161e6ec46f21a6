import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// One HTML entry a page. The room page belongs to the call and may be missing while the office is built alone.
const pages = ['index', 'room', 'organise', 'finance', 'signin', 'text']

function entry(page: string): string {
  return fileURLToPath(new URL(`./${page}.html`, import.meta.url))
}

const gateway = process.env.WECKRUF_GATEWAY ?? 'http://localhost:8080'

export default defineConfig({
  appType: 'mpa',
  build: {
    // Chromium 120, Firefox 128, Safari 17: what the architecture promises to serve.
    target: ['chrome120', 'firefox128', 'safari17'],
    // Every asset is a hashed file under /assets/: the content security policy knows no data: and no inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // public/.gitkeep is copied, so dist/.gitkeep outlives the emptying and the embed always compiles.
    emptyOutDir: true,
    rolldownOptions: {
      input: Object.fromEntries(
        pages.filter((page) => existsSync(entry(page))).map((page) => [page, entry(page)]),
      ),
    },
  },
  server: {
    proxy: { '/api': { target: gateway, ws: true, changeOrigin: false } },
  },
})
