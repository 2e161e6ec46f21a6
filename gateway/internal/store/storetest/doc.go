// Package storetest is the contract of the store's seams as tests: whatever implements one of
// them (SQLite, a fake in memory, another database) passes its suite. Each test gets a store
// of its own from the open function, which closes it with t.Cleanup.
package storetest

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"weckruf/gateway/internal/ledger"
)

// Begin is the time around which the suites' records lie: it has a fraction of a second, which
// a store must keep, down to the nanosecond.
var Begin = time.Date(2026, 3, 28, 22, 40, 17, 123456789, time.UTC)

// prices are those of a machine charged by started hours.
var prices = []ledger.Price{
	{Resource: ledger.Compute, PerHour: 42_840_000, Quantum: ledger.Quantum{Minimum: time.Hour, Step: time.Hour, RoundTo: ledger.Cent}},
	{Resource: ledger.IPv4, PerHour: 4_000_000, Quantum: ledger.Quantum{Minimum: time.Hour, Step: time.Hour, RoundTo: ledger.Cent}},
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// full fails the test when a field of the struct is zero: a suite that leaves a field out
// would not notice a store that loses it.
func full(t *testing.T, value any, except ...string) {
	t.Helper()
	v := reflect.ValueOf(value)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; v.Field(i).IsZero() && !slices.Contains(except, name) {
			t.Errorf("the suite's %s does not set %s", v.Type(), name)
		}
	}
}

// get fails the test on an error and returns the value otherwise.
func get[T any](t *testing.T, call func(context.Context) (T, error)) T {
	t.Helper()
	value, err := call(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return value
}
