/** What of an answer can end the waiting. */
export type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>

/**
 * Asks again and again until the answer is truthy, and returns it. The limit is generous: a
 * test that needs it has failed, however fast the machine is.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
  limitMs = 60_000,
): Promise<Truthy<T>> {
  const end = Date.now() + limitMs
  let last: unknown
  while (Date.now() < end) {
    last = await ask()
    if (last) return last as Truthy<T>
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`waited in vain until ${what}; last answer: ${JSON.stringify(last)}`)
}
