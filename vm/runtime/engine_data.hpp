// Moved to vm/module/engine_data.hpp.
#pragma once

#include "vm/module/engine_data.hpp"
