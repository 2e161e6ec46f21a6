// Package layers holds the tests of which package may import which: main → app → adapters →
// domain → wire → standard library, one way only.
package layers
