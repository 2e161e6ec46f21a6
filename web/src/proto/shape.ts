// Readers turn unknown JSON into a typed value or throw a WireError that names the field.
// Fields that a reader does not know are dropped, so that a page of version N talks with a
// gateway of N+1.

/** The message of a peer that does not follow the protocol. */
export class WireError extends Error {
  override name = 'WireError'
}

export type Reader<T> = (value: unknown, path: string) => T

/** The type that a reader yields. */
export type Read<R> = R extends Reader<infer T> ? T : never

type Optional<T> = Reader<T | undefined> & { readonly optional: true }
type Fields = Record<string, Reader<unknown>>
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends { readonly optional: true } ? K : never
}[keyof F]
type Shape<F extends Fields> = { [K in Exclude<keyof F, OptionalKeys<F>>]: Read<F[K]> } & {
  [K in OptionalKeys<F>]?: Exclude<Read<F[K]>, undefined>
}

const fail = (path: string, wanted: string): never => {
  throw new WireError(`${path} is not ${wanted}`)
}

export const text: Reader<string> = (value, path) =>
  typeof value === 'string' ? value : fail(path, 'a text')

export const flag: Reader<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : fail(path, 'true or false')

export const figure: Reader<number> = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) ? value : fail(path, 'a number')

/** A whole number from min to max, both included. */
export const whole =
  (min = 0, max = Number.MAX_SAFE_INTEGER): Reader<number> =>
  (value, path) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? (value as number)
      : fail(path, `a whole number from ${min} to ${max}`)

export const filled =
  (max: number): Reader<string> =>
  (value, path) => {
    const got = text(value, path)
    return got !== '' && got.length <= max ? got : fail(path, `1 to ${max} characters`)
  }

export const oneOf =
  <T extends string>(allowed: readonly T[]): Reader<T> =>
  (value, path) =>
    allowed.find((each) => each === value) ?? fail(path, `one of ${allowed.join(', ')}`)

/** A moment as RFC 3339. */
export const moment: Reader<string> = (value, path) => {
  const got = text(value, path)
  return /^\d{4}-\d\d-\d\dT/.test(got) && !Number.isNaN(Date.parse(got)) ? got : fail(path, 'a time')
}

/** A list. Go writes an empty one as null at times, which reads as empty. */
export const list =
  <T>(item: Reader<T>, max = 4096): Reader<T[]> =>
  (value, path) => {
    if (value === null || value === undefined) return []
    if (!Array.isArray(value) || value.length > max) return fail(path, 'a list')
    return value.map((each, at) => item(each, `${path}[${at}]`))
  }

export const optional = <T>(reader: Reader<T>): Optional<T> => {
  const read = (value: unknown, path: string) =>
    value === undefined || value === null ? undefined : reader(value, path)
  return Object.assign(read, { optional: true } as const)
}

export const object =
  <F extends Fields>(fields: F): Reader<Shape<F>> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(path, 'an object')
    const given = value as Record<string, unknown>
    const got: Record<string, unknown> = {}
    for (const [name, reader] of Object.entries(fields)) {
      const read = reader(given[name], `${path}.${name}`)
      if (read !== undefined) got[name] = read
    }
    return got as Shape<F>
  }

/** A reader for exactly one type tag. */
export const tag =
  <T extends string>(name: T): Reader<T> =>
  (value, path) =>
    value === name ? name : fail(path, `"${name}"`)
