// Rounding to integers gives the same bits as the functions of the C library.
#include "tests/catch.hpp"
#include "vm/exec/rounding.hpp"

#include <bit>
#include <cstring>
#include <random>

namespace rounding = skerry::vm::rounding;

namespace {

template <class F> using Bits = std::conditional_t<sizeof(F) == 4, uint32_t, uint64_t>;

/// How many of the four functions differ from the C library's.
template <class F> int differences(F a) {
  const auto differs = [](F rounded, F expected) {
    return std::bit_cast<Bits<F>>(rounded) != std::bit_cast<Bits<F>>(expected);
  };
  return differs(rounding::ceil(a), std::ceil(a)) + differs(rounding::floor(a), std::floor(a)) +
         differs(rounding::trunc(a), std::trunc(a)) + differs(rounding::nearest(a), std::nearbyint(a));
}

} // namespace

TEMPLATE_TEST_CASE("rounded numbers are the C library's", "[exec]", float, double) {
  using F = TestType;
  const F first_integers = std::ldexp(F{1}, std::numeric_limits<F>::digits - 1);
  int wrong = 0;
  for (const F magnitude :
       {F{0}, std::numeric_limits<F>::denorm_min(), F(0.25), F(0.5), F(0.75), F{1}, F(1.5), F(2.5), F(3.5),
        first_integers / 2, first_integers, first_integers * 2, F(2147483648), F(9223372036854775808.0),
        std::numeric_limits<F>::max(), std::numeric_limits<F>::infinity()})
    for (const F a : {magnitude, std::nextafter(magnitude, F{0}),
                      std::nextafter(magnitude, std::numeric_limits<F>::max())})
      wrong += differences(a) + differences(-a);
  std::mt19937_64 random(1); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same numbers in each run
  for (int i = 0; i < 200'000; ++i) {
    const auto any = std::bit_cast<F>(static_cast<Bits<F>>(random()));
    const F small = std::ldexp(F{1}, static_cast<int>(random() % 64)) * static_cast<F>(random()) /
                    F(1.8446744073709552e19);
    wrong += (any == any ? differences(any) : 0) + differences(small) + differences(-small);
  }
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("a rounded NaN is the quiet one that the processor's arithmetic gives", "[exec]", float,
                   double) {
  using F = TestType;
  const Bits<F> signalling = std::bit_cast<Bits<F>>(std::numeric_limits<F>::infinity()) | 5;
  const auto bits = [](F a) { return std::bit_cast<Bits<F>>(a); };
  volatile F a = std::bit_cast<F>(signalling); // volatile: the sum is made when the test runs
  const Bits<F> quiet = bits(a + a);           // with the payload, except on RISC-V
  CHECK((quiet & bits(std::numeric_limits<F>::quiet_NaN())) == bits(std::numeric_limits<F>::quiet_NaN()));
  CHECK(bits(rounding::ceil(a)) == quiet);
  CHECK(bits(rounding::floor(a)) == quiet);
  CHECK(bits(rounding::trunc(a)) == quiet);
  CHECK(bits(rounding::nearest(a)) == quiet);
}
