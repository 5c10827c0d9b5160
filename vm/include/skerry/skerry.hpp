// The whole C++ API of the engine.
#pragma once

#include "skerry/cxx20.hpp"

#if __cplusplus >= 202002L // so that the #error of an older C++ is the only one
#include "skerry/budget.hpp"
#include "skerry/byte_view.hpp"
#include "skerry/caller.hpp"
#include "skerry/config.hpp"
#include "skerry/engine.hpp"
#include "skerry/error.hpp"
#include "skerry/expected.hpp"
#include "skerry/func.hpp"
#include "skerry/guest_bytes.hpp"
#include "skerry/host_func.hpp"
#include "skerry/host_meter.hpp"
#include "skerry/host_param.hpp"
#include "skerry/image.hpp"
#include "skerry/instance.hpp"
#include "skerry/limits.hpp"
#include "skerry/linker.hpp"
#include "skerry/module.hpp"
#include "skerry/ref.hpp"
#include "skerry/store.hpp"
#include "skerry/suspendable_call.hpp"
#include "skerry/types.hpp"
#include "skerry/wat.hpp"
#endif
