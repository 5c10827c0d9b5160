// The handlers of fused compare-and-branch operations.
#include "vm/exec/handler_rows.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/numeric.hpp"

namespace skerry::vm {
namespace {

template <auto F> struct IntBranch {
  template <int... K> struct If {
    using Op = BranchIf<F, K...>;
  };
  template <int... K> struct Count {
    using Op = CountBranch<F, K...>;
  };
  static void add(HandlerTable& table, size_t width, Compare compare) {
    const auto i = static_cast<size_t>(compare);
    table.branch_if[width][i] = Places<If, place::writable, place::readable, 2>::row();
    table.count_branch[width][i] = Places<Count, place::writable, place::readable>::row();
  }
};

template <auto F> struct FloatBranch {
  template <int... K> struct If {
    using Op = BranchIfFloat<F, K...>;
  };
  static HandlerRow row() { return Places<If, 2, place::vector_writable, place::vector_readable, 2>::row(); }
};

} // namespace

void add_branch_handlers(HandlerTable& table) {
#define SKERRY_COMPARE(name)                                                                                 \
  IntBranch<&numeric::i32_##name>::add(table, 0, Compare::name);                                             \
  IntBranch<&numeric::i64_##name>::add(table, 1, Compare::name);
  SKERRY_COMPARE(eq)
  SKERRY_COMPARE(ne)
  SKERRY_COMPARE(lt_s)
  SKERRY_COMPARE(lt_u)
  SKERRY_COMPARE(gt_s)
  SKERRY_COMPARE(gt_u)
  SKERRY_COMPARE(le_s)
  SKERRY_COMPARE(le_u)
  SKERRY_COMPARE(ge_s)
  SKERRY_COMPARE(ge_u)
  SKERRY_COMPARE(test)
  SKERRY_COMPARE(test_not)
#undef SKERRY_COMPARE
  table.branch_if_float = {{{FloatBranch<&numeric::f32_eq>::row(), FloatBranch<&numeric::f32_ne>::row(),
                             FloatBranch<&numeric::f32_lt>::row(), FloatBranch<&numeric::f32_gt>::row(),
                             FloatBranch<&numeric::f32_le>::row(), FloatBranch<&numeric::f32_ge>::row()},
                            {FloatBranch<&numeric::f64_eq>::row(), FloatBranch<&numeric::f64_ne>::row(),
                             FloatBranch<&numeric::f64_lt>::row(), FloatBranch<&numeric::f64_gt>::row(),
                             FloatBranch<&numeric::f64_le>::row(), FloatBranch<&numeric::f64_ge>::row()}}};
}

} // namespace skerry::vm
