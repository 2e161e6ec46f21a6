/** What keeping a machine for some minutes costs, in nano-euro, rounded up. */
export function priceOf(minutes: number, perHour: bigint): bigint {
  return (perHour * BigInt(minutes) + 59n) / 60n
}
