;; A plugin that starts with more memory than its manifest allows: it is refused before any of it is reserved.
(module
  (memory (export "memory") 1024) ;; 64 MiB
  (func (export "allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "deallocate") (param i32 i32))
  (func (export "execute") (param i32 i32) (result i32 i32) (i32.const 0) (i32.const 0)))
