(module
  (memory 1)
  (memory $second 1)
  (func (export "plain") (param i32) (result i32)
    (i32.load offset=8 (local.get 0)))
  (func (export "constant_address") (result i64)
    (i64.load offset=8 (i32.const 100)))
  ;; address + constant
  (func (export "wrapped") (param i32) (result i32)
    (i32.load16_s offset=2 (i32.sub (local.get 0) (i32.const 4))))
  ;; base + index
  (func (export "indexed") (param i32 i32) (result i32)
    (i32.load8_u (i32.add (local.get 0) (local.get 1))))
  ;; base + (index << 2), the access's size
  (func (export "scaled") (param i32 i32) (result i32)
    (i32.load (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2)))))
  ;; (index << 3) without a base
  (func (export "only_index") (param i32) (result f64)
    (f64.load (i32.shl (local.get 0) (i32.const 3))))
  ;; base + (index << 2) + constant
  (func (export "indexed_wrapped") (param i32 i32) (result i32)
    (i32.load (i32.add (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2))) (i32.const 64))))
  ;; Small constants are stored as immediates, larger ones from a slot.
  (func (export "store_small") (param i32)
    (i32.store (local.get 0) (i32.const -1)))
  (func (export "store_large") (param i32)
    (i32.store (local.get 0) (i32.const 70000)))
  ;; A constant float is stored like an integer of its size.
  (func (export "store_float") (param i32)
    (f64.store (local.get 0) (f64.const 0)))
  (func (export "store_value") (param i32 f32)
    (f32.store offset=4 (local.get 0) (local.get 1)))
  ;; Other memories, and offsets that do not fit 32 bits with the access, go through slots.
  (func (export "other_memory") (param i32) (result i32)
    (i32.load $second offset=16 (local.get 0)))
  (func (export "far") (param i32) (result i32)
    (i32.load offset=0xffffffff (local.get 0)))
  ;; What may take long pays before it works.
  (func (export "fill") (param i32 i32)
    (memory.fill (local.get 0) (i32.const 7) (local.get 1)))
  (func (export "grow") (param i32) (result i32)
    (memory.grow (local.get 0)))
  (func (export "size") (result i32)
    (memory.size)))
