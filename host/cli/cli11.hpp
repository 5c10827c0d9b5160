// Includes the command-line library CLI11. No other file of the host includes it.
#pragma once

#include <CLI/CLI.hpp>
