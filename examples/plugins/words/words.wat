;; Counts the words of its input, and keeps the record in the host's key-value store.
(module
  (import "env" "kv_get" (func $kv_get (param $key i32) (param $length i32) (param $out i32) (param $capacity i32) (result i32)))
  (import "env" "kv_set" (func $kv_set (param $key i32) (param $length i32) (param $value i32) (param $size i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "{\"name\":\"words\",\"version\":\"1.0.0\"}")
  (data (i32.const 64) "{\"words\":,\"record\":}")
  (data (i32.const 96) "record")
  (global $record i32 (i32.const 104)) ;; the address of a number
  (global $answer i32 (i32.const 128))
  (global $end (mut i32) (i32.const 128)) ;; of the answer
  (global $top (mut i32) (i32.const 1024))

  ;; Nothing is freed: each call starts with fresh state.
  (func (export "allocate") (param $size i32) (result i32)
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (local.get $size)))
    (if (i32.gt_u (global.get $top) (i32.shl (memory.size) (i32.const 16))) (then
      (drop (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1)))))))
  (func (export "deallocate") (param i32 i32))

  (func $bytes (param $at i32) (param $size i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32)) (i64.extend_i32_u (local.get $size))))
  (func (export "meta") (result i64) (call $bytes (i32.const 16) (i32.const 34)))

  (func $is_space (param $at i32) (result i32)
    (i32.eq (i32.load8_u (local.get $at)) (i32.const 32)))

  ;; A word begins where a letter follows a space, or at the beginning.
  (func $count (param $at i32) (param $end i32) (result i32) (local $words i32) (local $in_word i32)
    (block $done
      (loop $each
        (br_if $done (i32.eq (local.get $at) (local.get $end)))
        (if (call $is_space (local.get $at))
          (then (local.set $in_word (i32.const 0)))
          (else
            (local.set $words (i32.add (local.get $words) (i32.eqz (local.get $in_word))))
            (local.set $in_word (i32.const 1))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $each)))
    (local.get $words))

  ;; Returns the larger of the number and the record, which is then the record.
  (func $compare (param $words i32) (result i32)
    (drop (call $kv_get (i32.const 96) (i32.const 6) (global.get $record) (i32.const 4)))
    (if (i32.gt_u (local.get $words) (i32.load (global.get $record))) (then
      (i32.store (global.get $record) (local.get $words))
      (drop (call $kv_set (i32.const 96) (i32.const 6) (global.get $record) (i32.const 4)))))
    (i32.load (global.get $record)))

  (func $append (param $at i32) (param $size i32)
    (memory.copy (global.get $end) (local.get $at) (local.get $size))
    (global.set $end (i32.add (global.get $end) (local.get $size))))
  (func $append_number (param $n i32)
    (if (i32.ge_u (local.get $n) (i32.const 10)) (then
      (call $append_number (i32.div_u (local.get $n) (i32.const 10)))))
    (i32.store8 (global.get $end) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
    (global.set $end (i32.add (global.get $end) (i32.const 1))))

  (func (export "execute") (param $at i32) (param $size i32) (result i64) (local $words i32)
    (local.set $words (call $count (local.get $at) (i32.add (local.get $at) (local.get $size))))
    (call $append (i32.const 64) (i32.const 9))
    (call $append_number (local.get $words))
    (call $append (i32.const 73) (i32.const 10))
    (call $append_number (call $compare (local.get $words)))
    (call $append (i32.const 83) (i32.const 1))
    (call $bytes (global.get $answer) (i32.sub (global.get $end) (global.get $answer)))))
