//go:build tinygo

// The same plugin in Go, for TinyGo: returns a request's parameters with every text in capitals.
//
// tinygo build -target=wasi -scheduler=none -o json-transformer.wasm json_transformer.go
package main

import (
	"encoding/json"
	"strings"
	"unsafe"
)

type request struct {
	RequestID  string            `json:"request_id"`
	Headers    map[string]string `json:"headers"`
	Parameters map[string]any    `json:"parameters"`
}

type result struct {
	Success bool           `json:"success"`
	Data    map[string]any `json:"data"`
	Error   string         `json:"error"`
}

// Buffers that the host holds, so that they are not collected.
var held = map[uint32][]byte{}

//export allocate
func allocate(size uint32) uint32 {
	buffer := make([]byte, size+1) // never empty, so that it has an address
	address := uint32(uintptr(unsafe.Pointer(&buffer[0])))
	held[address] = buffer
	return address
}

//export deallocate
func deallocate(address uint32, size uint32) {
	delete(held, address)
}

// packed copies a text to a buffer of the host's: address << 32 | length.
func packed(text []byte) uint64 {
	address := allocate(uint32(len(text)))
	copy(held[address], text)
	return uint64(address)<<32 | uint64(len(text))
}

func capitals(value any) any {
	switch v := value.(type) {
	case string:
		return strings.ToUpper(v)
	case []any:
		for i := range v {
			v[i] = capitals(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = capitals(v[key])
		}
	}
	return value
}

//export meta
func meta() uint64 {
	return packed([]byte(`{"name":"json-transformer","version":"1.0.0","description":"Capitalizes texts","author":"Skerry"}`))
}

//export execute
func execute(address uint32, size uint32) uint64 {
	var in request
	out := result{Success: true}
	if err := json.Unmarshal(held[address][:size], &in); err != nil {
		out = result{Error: err.Error()}
	} else {
		out.Data = capitals(in.Parameters).(map[string]any)
	}
	text, _ := json.Marshal(out)
	return packed(text)
}

func main() {}
