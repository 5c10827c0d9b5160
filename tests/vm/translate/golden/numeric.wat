(module
  ;; A constant on the left of a commutative operation goes to the right.
  (func (export "constant_right") (param i32) (result i32)
    (i32.mul (i32.const 3) (local.get 0)))
  ;; A comparison with a constant on the left is mirrored.
  (func (export "compare_mirrored") (param i32) (result i32)
    (i32.lt_s (i32.const 3) (local.get 0)))
  ;; Subtracting a constant is adding its negative.
  (func (export "subtract") (param i32) (result i32)
    (i32.sub (local.get 0) (i32.const 5)))
  ;; not (a < b) is a >= b.
  (func (export "not_less") (param i32 i32) (result i32)
    (i32.eqz (i32.lt_u (local.get 0) (local.get 1))))
  ;; a + (b << 2) is one operation.
  (func (export "lea") (param i32 i32) (result i32)
    (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2))))
  ;; A constant that is no 32-bit immediate goes through a slot.
  (func (export "large_constant") (param i64) (result i64)
    (i64.add (local.get 0) (i64.const 0x123456789abc)))
  ;; Registers hold i32 zero-extended: extending is free.
  (func (export "extend_u") (param i32) (result i64)
    (i64.add (i64.extend_i32_u (local.get 0)) (i64.const 1)))
  (func (export "unary") (param i64) (result i32)
    (i32.wrap_i64 (i64.popcnt (local.get 0))))
  ;; Constant floats: 32 bits in the operand's place, 64 bits behind it.
  (func (export "f32") (param f32) (result f32)
    (f32.mul (f32.const 0.5) (local.get 0)))
  (func (export "f64") (param f64) (result f64)
    (f64.sub (local.get 0) (f64.const 1.25)))
  ;; Division may trap and is not moved.
  (func (export "divide") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1)))
  (func (export "select") (param i32 i32) (result i32)
    (select (i32.const 7) (i32.const 70000) (i32.eq (local.get 0) (local.get 1))))
  (func (export "select_float") (param f64 f64 i32) (result f64)
    (select (local.get 0) (local.get 1) (local.get 2))))
