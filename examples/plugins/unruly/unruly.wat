;; A plugin that misbehaves. The first letter of its input says how:
;;   d  asks the host to connect to example.com:443, and returns the host's answer, 0 or 1
;;   l  loops forever
;;   g  grows its memory, 16 MiB at a time, until growth is refused; returns how often it succeeded
(module
  (import "env" "net_dial" (func $net_dial (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "example.com")
  (func (export "allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "deallocate") (param i32 i32))

  (func $grow (result i32) (local $count i32)
    (loop $more
      (if (i32.ne (memory.grow (i32.const 256)) (i32.const -1))
        (then
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (br $more))))
    (local.get $count))

  ;; The result is one digit.
  (func (export "execute") (param $input i32) (param $size i32) (result i32 i32)
    (local $letter i32) (local $digit i32)
    (local.set $letter (i32.load8_u (local.get $input)))
    (if (i32.eq (local.get $letter) (i32.const 0x64))
      (then (local.set $digit (call $net_dial (i32.const 64) (i32.const 11) (i32.const 443)))))
    (if (i32.eq (local.get $letter) (i32.const 0x6c)) (then (loop $forever (br $forever))))
    (if (i32.eq (local.get $letter) (i32.const 0x67)) (then (local.set $digit (call $grow))))
    (i32.store8 (i32.const 16) (i32.add (i32.const 0x30) (local.get $digit)))
    (i32.const 16) (i32.const 1))
)
