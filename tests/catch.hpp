// Catch2 in version 2 (Debian 12) or 3, whichever is installed.
//
// A comparison of std::tuples needs parentheses, CHECK((a == b)), because the headers of libstdc++ 14 do not
// compile when Catch takes such an expression apart.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
