// Fused comparisons and branches.
#include "vm/exec/branch_ops.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/numeric.hpp"

namespace skerry::vm {
namespace {

template <auto F> struct IntBranch {
  template <int... K> struct If {
    static constexpr Handler handler = &branching<BranchIf<F, K...>>;
  };
  template <int... K> struct Count {
    static constexpr Handler handler = &branching<CountBranch<F, K...>>;
  };
  static void add(HandlerTable& table, size_t width, Compare compare) {
    const auto i = static_cast<size_t>(compare);
    table.branch_if[width][i] = Kinds<If, kind::writable, kind::readable, 2>::table.data();
    table.count_branch[width][i] = Kinds<Count, kind::writable, kind::readable>::table.data();
  }
};

template <auto F> struct FloatBranch {
  template <int... K> struct If {
    static constexpr Handler handler = &branching<BranchIfFloat<F, K...>>;
  };
  static const Handler* handlers() { return Kinds<If, 2, kind::vwritable, kind::vreadable, 2>::table.data(); }
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
  table.branch_if_float = {
      {{FloatBranch<&numeric::f32_eq>::handlers(), FloatBranch<&numeric::f32_ne>::handlers(),
        FloatBranch<&numeric::f32_lt>::handlers(), FloatBranch<&numeric::f32_gt>::handlers(),
        FloatBranch<&numeric::f32_le>::handlers(), FloatBranch<&numeric::f32_ge>::handlers()},
       {FloatBranch<&numeric::f64_eq>::handlers(), FloatBranch<&numeric::f64_ne>::handlers(),
        FloatBranch<&numeric::f64_lt>::handlers(), FloatBranch<&numeric::f64_gt>::handlers(),
        FloatBranch<&numeric::f64_le>::handlers(), FloatBranch<&numeric::f64_ge>::handlers()}}};
}

} // namespace skerry::vm
