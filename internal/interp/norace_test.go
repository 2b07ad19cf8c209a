//go:build !race

package interp

const raced = false
