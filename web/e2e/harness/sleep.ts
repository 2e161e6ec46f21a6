import { readdirSync, readFileSync } from 'node:fs'
import { type Visitor, visit } from './chromium'

/** A visitor whose computer can be put to sleep: nothing of the browser runs until it wakes. */
export interface Sleeper extends Visitor {
  sleep(): void
  wake(): void
}

/** Opens a browser that can sleep. Start no other one at the same time. */
export async function visitSleepy(...devices: Parameters<typeof visit>): Promise<Sleeper> {
  const before = new Set(children(process.pid))
  const visitor = await visit(...devices)
  const own = children(process.pid).filter((each) => !before.has(each))
  const signal = (name: NodeJS.Signals) => {
    for (const each of own.flatMap(family)) process.kill(each, name)
  }
  return {
    ...visitor,
    sleep: () => signal('SIGSTOP'),
    wake: () => signal('SIGCONT'),
    close: async () => {
      signal('SIGCONT')
      await visitor.close()
    },
  }
}

/** A process and all that came of it, the oldest first. */
function family(root: number): number[] {
  return [root, ...children(root).flatMap(family)]
}

function children(parent: number): number[] {
  const all = readdirSync('/proc').filter((each) => /^\d+$/.test(each))
  return all.map(Number).filter((each) => parentOf(each) === parent)
}

function parentOf(process: number): number | undefined {
  try {
    // The name stands in brackets and may hold anything.
    return Number(readFileSync(`/proc/${process}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
  } catch {
    return undefined // it ended meanwhile
  }
}
