// TypedFunc: a function with a C++ signature.
#pragma once
