// Package app wires the gateway. It is the only package that knows every adapter; it holds no
// rules of its own.
package app
