(module
  ;; A comparison and its branch are one operation.
  (func (export "if_else") (param i32 i32) (result i32)
    (if (result i32) (i32.gt_s (local.get 0) (local.get 1))
      (then (i32.const 1))
      (else (i32.const 2))))
  (func (export "if_zero") (param i64) (result i32)
    (if (i64.eqz (local.get 0)) (then (return (i32.const 1))))
    (i32.const 2))
  (func (export "if_bits") (param i32) (result i32)
    (if (i32.and (local.get 0) (i32.const 6)) (then (return (i32.const 1))))
    (i32.const 2))
  (func (export "if_float") (param f64) (result i32)
    (if (f64.lt (local.get 0) (f64.const 0.5)) (then (return (i32.const 1))))
    (i32.const 2))
  ;; Step, compare and branch are one operation at the end of a counted loop; its locals live in registers.
  (func (export "count") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (br_if $next (local.tee $n (i32.add (local.get $n) (i32.const -1)))))
    (local.get $sum))
  (func (export "count_up") (param $n i32) (result i32) (local $i i32) (local $product i32)
    (loop $next
      (local.set $product (i32.mul (local.get $product) (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $product))
  ;; Floats in registers.
  (func (export "float_loop") (param $n i32) (result f64) (local $x f64)
    (loop $next
      (local.set $x (f64.add (local.get $x) (f64.convert_i32_s (local.get $n))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))
  (func (export "table") (param i32) (result i32)
    (block (block (block (br_table 0 1 2 (local.get 0))) (return (i32.const 10))) (return (i32.const 20)))
    (i32.const 30))
  ;; Where values must move first, entries lead to stubs.
  (func (export "table_with_values") (param i32) (result i32)
    (i32.const 5)
    (block (result i32)
      (block (result i32) (i32.const 1) (br_table 0 1 (local.get 0)))
      (i32.const 1) (i32.add))
    (i32.add))
  ;; A branch over a move of values.
  (func (export "branch_with_value") (param i32) (result i32)
    (i32.add (i32.const 100)
      (block (result i32)
        (drop (br_if 0 (i32.const 1) (local.get 0)))
        (i32.const 2))))
  ;; What a jump leads to stands in its place, when it is short and ends in a jump: an interpreter's loop.
  (func (export "copied_tail") (param $pc i32) (result i32) (local $sum i32)
    (loop $next
      (block $tail
        (block $add
          (block $end
            (br_table $add $tail $end (local.get $pc)))
          (return (local.get $sum)))
        (local.set $sum (i32.add (local.get $sum) (i32.const 10)))
        (br $tail))
      (local.set $pc (i32.sub (local.get $pc) (i32.const 1)))
      (br $next))
    (unreachable))
  ;; Two results move to the frame's start.
  (func (export "two_results") (param i32 i32) (result i32 i32)
    (local.get 1) (local.get 0))
  (func (export "return_constants") (param i32) (result f32)
    (if (local.get 0) (then (return (f32.const 1.5))))
    (f32.const -0))
  (func (export "unreachable") unreachable))
