//go:build race

package interp

// raced: the race detector needs memory many times over.
const raced = true
