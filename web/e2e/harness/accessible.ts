import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** What axe finds wrong with the page as it stands now, one line each; empty: nothing. */
export async function violations(page: Page): Promise<string[]> {
  // What glides is judged where it comes to rest.
  await page.evaluate(async () => {
    await Promise.allSettled(document.getAnimations().map((each) => each.finished))
  })
  // Legacy: without frames there is no need for a second page to put the findings together.
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  )
}

/** By how many pixels the page, or anything that scrolls in it, is wider than its place. */
export async function overflow(page: Page): Promise<number> {
  return await page.evaluate(() => {
    const root = document.scrollingElement ?? document.documentElement
    const found: Element[] = [root]
    const walk = (from: Document | ShadowRoot) => {
      for (const each of from.querySelectorAll('*')) {
        if (/auto|scroll/.test(getComputedStyle(each).overflowX)) found.push(each)
        if (each.shadowRoot) walk(each.shadowRoot)
      }
    }
    walk(document)
    return Math.max(...found.map((each) => each.scrollWidth - each.clientWidth))
  })
}
