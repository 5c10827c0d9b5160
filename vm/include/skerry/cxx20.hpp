// Reports an #error to programs that are compiled with an older C++ than C++20.
#pragma once

#if __cplusplus < 202002L
#error "Skerry's headers need C++20: compile with -std=c++20 or newer (GCC 12 or newer, clang 14 or newer)"
#endif
