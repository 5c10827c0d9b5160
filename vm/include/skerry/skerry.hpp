// The whole C++ API of the engine.
#pragma once

#include "skerry/budget.hpp"
#include "skerry/config.hpp"
#include "skerry/engine.hpp"
#include "skerry/error.hpp"
#include "skerry/func.hpp"
#include "skerry/host_func.hpp"
#include "skerry/host_meter.hpp"
#include "skerry/image.hpp"
#include "skerry/instance.hpp"
#include "skerry/limits.hpp"
#include "skerry/linker.hpp"
#include "skerry/module.hpp"
#include "skerry/store.hpp"
#include "skerry/suspendable_call.hpp"
#include "skerry/types.hpp"
#include "skerry/wat.hpp"
