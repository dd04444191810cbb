//go:build tools

// Package etcd pins the etcd server that the lab starts; `./dev control-plane` builds it.
package etcd

import _ "go.etcd.io/etcd/server/v3"
