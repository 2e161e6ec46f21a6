import { writeFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Visitor, visit } from '../harness/chromium'
import { Gateway } from '../harness/gateway'
import { Room } from '../harness/room'
import { until } from '../harness/until'

declare global {
  interface Window {
    marks: { ready?: number; frame?: number }
  }
}

let gateway: Gateway
let sender: Visitor
let viewer: Visitor

beforeAll(async () => {
  gateway = await Gateway.start({ environment: { WECKRUF_LOG_LEVEL: 'error' } })
  ;[sender, viewer] = [await visit({ colour: 'green' }), await visit({ colour: 'red' })]
  await viewer.page.context().addInitScript(mark)
})

afterAll(async () => {
  await Promise.all([sender.close(), viewer.close()])
  await gateway.dispose()
})

/** Notes when the page reads "ready" and when its first frame of somebody else is decoded. */
function mark(): void {
  window.marks = {}
  const Original = window.WebSocket
  window.WebSocket = class extends Original {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      this.addEventListener('message', (event) => {
        if (String(event.data).startsWith('{"type":"ready"')) window.marks.ready ??= performance.now()
      })
    }
  }
  const look = async () => {
    for (const connection of window.seenConnections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'inbound-rtp' && report.framesDecoded > 0)
          window.marks.frame ??= performance.now()
      }
    }
    if (window.marks.frame === undefined) setTimeout(look, 5)
  }
  void look()
}

const took = async (page: Page) =>
  await page.evaluate(() =>
    window.marks.frame && window.marks.ready ? window.marks.frame - window.marks.ready : 0,
  )

test('ready to first decoded frame, median of five visits', async () => {
  const { chair } = await gateway.links()
  const first = new Room(sender.page)
  await first.open(chair)
  await first.enter('Sender')
  await first.part('call').waitFor()
  const figures: number[] = []
  for (let n = 0; n < 5; n++) {
    await viewer.page.goto('about:blank')
    const second = new Room(viewer.page)
    await second.open(chair)
    await second.enter('Viewer')
    figures.push(await until('a frame is decoded', () => took(viewer.page)))
    await second.part('leave').click()
    await second.part('call').waitFor({ state: 'detached' })
  }
  const median = figures.sort((a, b) => a - b)[2] ?? 0
  expect(median).toBeGreaterThan(0)
  writeFileSync(
    process.env.WECKRUF_FIGURES ?? '/dev/stdout',
    JSON.stringify({ chromium_ms: Math.round(median) }),
  )
})
