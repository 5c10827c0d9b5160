;; Returns its input in capital letters, in place.
(module
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 1024))
  (data (i32.const 16) "{\"name\":\"shout\",\"version\":\"1.0.0\"}")

  ;; Nothing is freed: each call starts with fresh state.
  (func (export "allocate") (param $size i32) (result i32)
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (local.get $size)))
    (if (i32.gt_u (global.get $top) (i32.shl (memory.size) (i32.const 16))) (then
      (drop (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1)))))))
  (func (export "deallocate") (param i32 i32))

  (func $give (param $at i32) (param $size i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32)) (i64.extend_i32_u (local.get $size))))
  (func (export "meta") (result i64) (call $give (i32.const 16) (i32.const 34)))

  (func (export "execute") (param $at i32) (param $size i32) (result i64)
    (local $next i32) (local $end i32) (local $c i32)
    (local.set $next (local.get $at))
    (local.set $end (i32.add (local.get $at) (local.get $size)))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $next) (local.get $end)))
        (local.set $c (i32.load8_u (local.get $next)))
        (if (i32.lt_u (i32.sub (local.get $c) (i32.const 97)) (i32.const 26)) (then
          (i32.store8 (local.get $next) (i32.sub (local.get $c) (i32.const 32)))))
        (local.set $next (i32.add (local.get $next) (i32.const 1)))
        (br $each)))
    (call $give (local.get $at) (local.get $size))))
