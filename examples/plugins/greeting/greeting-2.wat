;; Version 2 of a plugin that greets, for the hot reload in examples/plugin_host.
(module
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 1024))
  (data (i32.const 16) "hello from version 2")

  ;; Nothing is freed: each call starts with fresh state.
  (func (export "allocate") (param $size i32) (result i32)
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (local.get $size))))
  (func (export "deallocate") (param i32 i32))

  (func (export "execute") (param i32 i32) (result i64)
    (i64.or (i64.shl (i64.const 16) (i64.const 32)) (i64.const 20))))
