package rtpx

// Layer is what is known of one simulcast layer (RFC 8853).
type Layer struct {
	Height int  // pixels, 0 = unknown
	Active bool // packets came lately
}

// Pick chooses the layer for a tile of the given height in pixels: the smallest one that
// fills it, else the tallest. Layers that send nothing are not chosen, nor those of unknown
// height while another is known. It returns −1 when no layer is active.
func Pick(layers []Layer, height int) int {
	best := -1
	for i, l := range layers {
		if l.Active && (best < 0 || better(l.Height, layers[best].Height, height)) {
			best = i
		}
	}
	return best
}

func better(a, b, want int) bool {
	switch {
	case a == 0:
		return false
	case b == 0:
		return true
	case a >= want && b >= want:
		return a < b
	}
	return a > b
}
