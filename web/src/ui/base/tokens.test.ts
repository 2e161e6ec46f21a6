import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const sheet = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

function colours(part: string): Map<string, string> {
  return new Map(
    [...part.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  )
}

const [lightPart = '', darkPart = ''] = sheet.split('prefers-color-scheme: dark')
const light = colours(lightPart)
const dark = new Map([...light, ...colours(darkPart)])

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

// WCAG 2.2, 1.4.3: (lighter + 0.05) / (darker + 0.05).
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

const text: readonly (readonly [string, string])[] = [
  ...['ink', 'second', 'action', 'danger', 'good'].flatMap((ink) => [
    [ink, 'paper'] as const,
    [ink, 'card'] as const,
  ]),
  ['ink', 'sunken'],
  ['second', 'sunken'],
  ['on-action', 'action'],
  ['on-action', 'action-hover'],
  ['on-danger', 'danger'],
  ['on-danger', 'danger-hover'],
  ['on-sun', 'sun'],
  ['on-action-soft', 'action-soft'],
  ['on-sun-soft', 'sun-soft'],
  ['on-danger-soft', 'danger-soft'],
  ['on-good-soft', 'good-soft'],
  ['stage-ink', 'stage'],
  ['stage-ink', 'stage-surface'],
  ['stage-second', 'stage'],
  ['stage-second', 'stage-surface'],
  ['stage-on-action', 'stage-action'],
  ['stage-on-action', 'stage-action-hover'],
  ['stage-on-danger', 'stage-danger'],
  ['stage-on-danger', 'stage-danger-hover'],
]

const shapes = [
  ['edge', 'card'],
  ['edge', 'paper'],
  ['focus', 'paper'],
  ['focus', 'card'],
  ['stage-edge', 'stage'],
  ['stage-focus', 'stage'],
] as const

describe.each([
  ['light', light],
  ['dark', dark],
])('in the %s view', (_, tokens) => {
  const measure = (a: string, b: string) => contrast(tokens.get(a) ?? '', tokens.get(b) ?? '')

  it.each(text)('text in %s on %s can be read (4.5)', (ink, ground) => {
    expect(measure(ink, ground)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(shapes)('the edge %s stands out from %s (3)', (edge, ground) => {
    expect(measure(edge, ground)).toBeGreaterThanOrEqual(3)
  })
})
