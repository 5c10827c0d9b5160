;; The same plugin without a toolchain: returns a request's parameters with every text in capitals. Capitals are as
;; long as small letters, so the plugin works in the request's own buffer.
;;
;; skerry wat2wasm json-transformer.wat -o json-transformer-wat.wasm
(module
  (memory (export "memory") 2)
  (global $top (mut i32) (i32.const 4096)) ;; of what was allocated
  (global $held (mut i32) (i32.const 0))   ;; buffers not yet given back

  (data $meta (i32.const 64)
    "{\22name\22:\22json-transformer-wat\22,\22version\22:\221.0.0\22,\22description\22:\22Capitalizes texts\22,\22author\22:\22Skerry\22}")
  (data $before (i32.const 256) "{\22success\22:true,\22data\22:")
  (data $after (i32.const 320) ",\22error\22:\22\22}")
  (data $refusal (i32.const 384) "{\22success\22:false,\22data\22:null,\22error\22:\22the request has no parameters\22}")
  (data $key (i32.const 512) "parameters")

  ;; ---- memory

  (func $allocate (export "allocate") (param $size i32) (result i32)
    (local $start i32) (local $missing i32)
    (local.set $start (global.get $top))
    (global.set $top (i32.add (local.get $start) (local.get $size)))
    (local.set $missing (i32.sub (global.get $top) (i32.shl (memory.size) (i32.const 16))))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then
        (if (i32.eq (memory.grow (i32.add (i32.shr_u (local.get $missing) (i32.const 16)) (i32.const 1))) (i32.const -1))
          (then (return (i32.const 0))))))
    (global.set $held (i32.add (global.get $held) (i32.const 1)))
    (local.get $start))

  ;; Freeing the last buffer frees all memory.
  (func (export "deallocate") (param $buffer i32) (param $size i32)
    (global.set $held (i32.sub (global.get $held) (i32.const 1)))
    (if (i32.eqz (global.get $held)) (then (global.set $top (i32.const 4096)))))

  (func $append (param $to i32) (param $from i32) (param $size i32) (result i32)
    (memory.copy (local.get $to) (local.get $from) (local.get $size))
    (i32.add (local.get $to) (local.get $size)))

  ;; ---- JSON

  ;; The closing quote of the text that begins at $at, or $end.
  (func $text_end (param $at i32) (param $end i32) (result i32)
    (loop $next
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (local.get $end))))
      (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x22)) (then (return (local.get $at))))
      (local.set $at (i32.add (local.get $at)
        (select (i32.const 2) (i32.const 1) (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x5c)))))
      (br $next))
    (unreachable))

  ;; True if the first byte from $at on that is not a space is a colon. The text before it is then a key.
  (func $colon_follows (param $at i32) (param $end i32) (result i32)
    (loop $next
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
      (if (i32.le_u (i32.load8_u (local.get $at)) (i32.const 0x20))
        (then (local.set $at (i32.add (local.get $at) (i32.const 1))) (br $next))))
    (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x3a)))

  (func $is_parameters (param $at i32) (param $size i32) (result i32)
    (local $i i32)
    (if (i32.ne (local.get $size) (i32.const 10)) (then (return (i32.const 0))))
    (loop $next
      (if (i32.ne (i32.load8_u (i32.add (local.get $at) (local.get $i)))
                  (i32.load8_u offset=512 (local.get $i)))
        (then (return (i32.const 0))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 10))))
    (i32.const 1))

  ;; Letters after a backslash do not change.
  (func $capitalize (param $at i32) (param $end i32)
    (local $c i32)
    (loop $next
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return)))
      (local.set $c (i32.load8_u (local.get $at)))
      (if (i32.eq (local.get $c) (i32.const 0x5c)) (then (local.set $at (i32.add (local.get $at) (i32.const 1)))))
      (if (i32.lt_u (i32.sub (local.get $c) (i32.const 0x61)) (i32.const 26))
        (then (i32.store8 (local.get $at) (i32.sub (local.get $c) (i32.const 32)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))

  ;; Capitalizes the texts in the value of "parameters", an object or array, and returns its position: from, to.
  ;; `to` is 0 if there is none.
  (func $transform (param $at i32) (param $end i32) (result i32 i32)
    (local $depth i32) (local $from i32) (local $c i32) (local $close i32)
    (loop $next
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0) (i32.const 0))))
      (local.set $c (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (if (i32.eq (local.get $c) (i32.const 0x22))
        (then
          (local.set $close (call $text_end (local.get $at) (local.get $end)))
          (if (i32.eqz (call $colon_follows (i32.add (local.get $close) (i32.const 1)) (local.get $end)))
            (then (if (local.get $from) (then (call $capitalize (local.get $at) (local.get $close)))))
            (else
              (if (i32.eq (local.get $depth) (i32.const 1))
                (then
                  (local.set $from (i32.const 0))
                  (if (call $is_parameters (local.get $at) (i32.sub (local.get $close) (local.get $at)))
                    (then (local.set $from (i32.const -1)))))))) ;; its value comes next
          (local.set $at (i32.add (local.get $close) (i32.const 1)))
          (br $next)))
      (local.set $c (i32.or (local.get $c) (i32.const 0x20))) ;; brackets look like braces now
      (if (i32.eq (local.get $c) (i32.const 0x7b))
        (then
          (if (i32.eq (local.get $from) (i32.const -1)) (then (local.set $from (i32.sub (local.get $at) (i32.const 1)))))
          (local.set $depth (i32.add (local.get $depth) (i32.const 1)))))
      (if (i32.eq (local.get $c) (i32.const 0x7d))
        (then
          (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
          (if (i32.and (i32.eq (local.get $depth) (i32.const 1)) (i32.ne (local.get $from) (i32.const 0)))
            (then (return (local.get $from) (local.get $at))))))
      (br $next))
    (unreachable))

  ;; ---- what the host calls

  (func (export "meta") (result i32 i32) (local $buffer i32)
    (local.set $buffer (call $allocate (i32.const 101)))
    (drop (call $append (local.get $buffer) (i32.const 64) (i32.const 101)))
    (local.get $buffer) (i32.const 101))

  (func $refuse (result i32 i32) (local $buffer i32)
    (local.set $buffer (call $allocate (i32.const 69)))
    (drop (call $append (local.get $buffer) (i32.const 384) (i32.const 69)))
    (local.get $buffer) (i32.const 69))

  (func (export "execute") (param $request i32) (param $size i32) (result i32 i32)
    (local $from i32) (local $to i32) (local $buffer i32)
    (call $transform (local.get $request) (i32.add (local.get $request) (local.get $size)))
    (local.set $to)
    (local.set $from)
    (if (i32.eqz (local.get $to)) (then (call $refuse) (return)))
    (local.set $size (i32.sub (local.get $to) (local.get $from)))
    (local.set $buffer (call $allocate (i32.add (local.get $size) (i32.const 35))))
    (if (i32.eqz (local.get $buffer)) (then unreachable))
    (call $append (local.get $buffer) (i32.const 256) (i32.const 23))
    (call $append (local.get $from) (local.get $size))
    (drop (call $append (i32.const 320) (i32.const 12)))
    (local.get $buffer)
    (i32.add (local.get $size) (i32.const 35)))
)
