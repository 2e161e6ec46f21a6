import { type Language, language } from './language'

/** A sentence, or one that depends on the number `n`. `{name}` stands for a parameter. */
export type Entry = string | { readonly one: string; readonly other: string }
export type Catalogue = Readonly<Record<string, Entry>>

/** The same keys in another language, each of the same kind. */
export type Translation<C extends Catalogue> = {
  readonly [K in keyof C]: C[K] extends string ? string : { readonly one: string; readonly other: string }
}

type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
type ParamNames<E> = E extends { one: infer One; other: infer Other }
  ? Names<One> | Names<Other> | 'n'
  : Names<E>
type Value = string | number
type Args<E> = [ParamNames<E>] extends [never] ? [] : [params: Readonly<Record<ParamNames<E>, Value>>]

/**
 * Says a sentence of one catalogue in the language in use; the parameters are checked by the compiler.
 * Both languages can be read from it, which tests do.
 */
export interface Translate<C extends Catalogue> {
  <K extends keyof C>(key: K, ...args: Args<C[K]>): string
  readonly de: C
  readonly en: Translation<C>
}

const rules = { de: new Intl.PluralRules('de'), en: new Intl.PluralRules('en') }

function say(entry: Entry, params: Readonly<Record<string, Value>>, spoken: Language): string {
  const text =
    typeof entry === 'string'
      ? entry
      : entry[rules[spoken].select(Number(params.n)) === 'one' ? 'one' : 'other']
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
}

/**
 * Joins a German catalogue and its English translation into a function `t(key, params)`:
 * `export const t = words({ wait: { one: 'Noch eine Sekunde', other: 'Noch {n} Sekunden' } }, { wait: … })`.
 * A key missing in either language, of another kind, or a parameter left out does not compile.
 */
export function words<const C extends Catalogue>(de: C, en: Translation<C>): Translate<C> {
  const translate = <K extends keyof C>(key: K, ...args: Args<C[K]>): string => {
    const spoken = language()
    const entry = (spoken === 'de' ? de : en)[key] as Entry
    return say(entry, args[0] ?? {}, spoken)
  }
  return Object.assign(translate, { de, en })
}
