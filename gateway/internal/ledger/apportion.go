package ledger

import (
	"cmp"
	"math/bits"
	"slices"
)

// apportion splits total in proportion to the weights by the largest remainder method: the
// parts add up to total, and each is the exact share rounded down or up. Of equal remainders
// the first wins. total is not negative; weights are not negative, not all zero, and their
// sum fits.
func apportion(total int64, weights []int64) []int64 {
	if len(weights) == 1 {
		return []int64{total}
	}
	var sum int64
	for _, w := range weights {
		sum += w
	}
	parts := make([]int64, len(weights))
	rests := make([]uint64, len(weights))
	order := make([]int, len(weights))
	left := total
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(total), uint64(w))
		part, rest := bits.Div64(hi, lo, uint64(sum))
		parts[i], rests[i], order[i] = int64(part), rest, i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rests[b], rests[a]) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}
