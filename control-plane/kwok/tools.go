//go:build tools

// Package kwok pins KWOK, which plays thousands of nodes for the benchmark; `./dev control-plane` builds it.
package kwok

import _ "sigs.k8s.io/kwok/cmd/kwok"
